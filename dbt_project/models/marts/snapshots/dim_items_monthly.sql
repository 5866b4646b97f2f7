{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with items as (
    select * from {{ ref('dim_items') }}
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
        items.tenant_id,
        items.item_id,
        items.item_type,
        items.item_name,
        items.created_by,
        items.created_on
    from months
    cross join items
)

select * from monthly
