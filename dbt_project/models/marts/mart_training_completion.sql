with trainings as (
    select * from {{ ref('stg_directory__trainings') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

completion as (
    select
        trainings.tenant_id,
        trainings.user_id,
        trainings.training_id,
        trainings.training_name,
        trainings.completed_at,
        cast({{ local_timestamp('trainings.completed_at', 'as_of.timezone') }} as date) as completed_on
    from trainings
    left join as_of
        on trainings.tenant_id = as_of.tenant_id
)

select * from completion
