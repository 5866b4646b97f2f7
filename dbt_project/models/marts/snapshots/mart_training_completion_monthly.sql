{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with trainings as (
    select * from {{ ref('mart_training_completion') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
),

monthly as (
    select
        months.month,
        trainings.tenant_id,
        trainings.user_id,
        trainings.training_id,
        trainings.training_name,
        trainings.completed_on
    from months
    cross join trainings
)

select * from monthly
