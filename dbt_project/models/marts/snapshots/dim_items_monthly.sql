{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with items as (
    select * from {{ ref('dim_items') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
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
