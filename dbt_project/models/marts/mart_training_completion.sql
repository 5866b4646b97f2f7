with trainings as (
    select * from {{ ref('stg_directory__trainings') }}
),

completion as (
    select
        tenant_id,
        user_id,
        training_id,
        training_name,
        completed_at
    from trainings
)

select * from completion
