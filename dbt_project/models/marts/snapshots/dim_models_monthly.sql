{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with models as (
    select * from {{ ref('dim_models') }}
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
        models.model_id,
        models.model_name,
        models.provider,
        models.family,
        models.is_inferred
    from months
    cross join models
)

select * from monthly
