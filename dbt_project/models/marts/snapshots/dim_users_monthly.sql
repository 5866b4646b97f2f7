{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with users as (
    select * from {{ ref('dim_users') }}
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
        users.tenant_id,
        users.user_id,
        users.user_name
    from months
    cross join users
)

select * from monthly
