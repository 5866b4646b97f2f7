{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with idle as (
    select * from {{ ref('mart_idle_assistants') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
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
