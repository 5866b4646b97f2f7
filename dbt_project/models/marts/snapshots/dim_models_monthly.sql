{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with models as (
    select * from {{ ref('dim_models') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
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
