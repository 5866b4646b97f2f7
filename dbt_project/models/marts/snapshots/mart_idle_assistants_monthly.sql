{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with idle as (
    select * from {{ ref('mart_idle_assistants') }}
),

balances as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

months as (
    select distinct {{ month_name('usage_date') }} as month
    from balances
),

monthly as (
    select
        months.month,
        idle.tenant_id,
        idle.item_id,
        idle.last_used_on,
        idle.unused_since,
        idle.idle_from,
        idle.idle_through
    from months
    cross join idle
)

select * from monthly
