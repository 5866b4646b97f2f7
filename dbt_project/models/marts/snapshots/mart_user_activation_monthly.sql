{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with activation as (
    select * from {{ ref('mart_user_activation') }}
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
        activation.tenant_id,
        activation.user_id,
        activation.signed_up_on,
        activation.signed_up_local_at,
        activation.first_value_on,
        activation.hours_to_first_value,
        activation.bucket
    from months
    cross join activation
)

select * from monthly
