{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with rates as (
    select * from {{ ref('dim_model_rates') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
),

monthly as (
    select
        months.month,
        rates.timezone,
        rates.model_id,
        rates.first_date,
        rates.last_date,
        rates.tier,
        rates.credits_per_request,
        rates.credits_per_1k_input,
        rates.credits_per_1k_output
    from months
    cross join rates
)

select * from monthly
