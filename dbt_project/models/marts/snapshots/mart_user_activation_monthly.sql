{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with activation as (
    select * from {{ ref('mart_user_activation') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
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
