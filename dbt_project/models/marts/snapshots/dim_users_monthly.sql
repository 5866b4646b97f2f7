{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with users as (
    select * from {{ ref('dim_users') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
),

monthly as (
    select
        months.month,
        users.tenant_id,
        users.user_id,
        users.user_name
    from months
    cross join users
)

select * from monthly
