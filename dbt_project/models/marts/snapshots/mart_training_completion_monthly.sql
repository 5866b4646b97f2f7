{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with trainings as (
    select * from {{ ref('mart_training_completion') }}
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
        trainings.tenant_id,
        trainings.user_id,
        trainings.training_id,
        trainings.training_name,
        trainings.completed_on
    from months
    cross join trainings
)

select * from monthly
