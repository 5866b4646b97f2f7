with trainings as (
    select * from {{ ref('stg_directory__trainings') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

completion as (
    select
        trainings.tenant_id,
        trainings.user_id,
        trainings.training_id,
        trainings.training_name,
        trainings.completed_at,
        {{ local_date('trainings.completed_at', 'zone_days') }} as completed_on
    from trainings
    left join as_of
        on trainings.tenant_id = as_of.tenant_id
    left join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'trainings.completed_at') }}
)

select * from completion
