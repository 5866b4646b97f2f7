with source as (
    select * from {{ source('lake', 'directory_trainings') }}
),

renamed as (
    select
        tenant_id,
        user_id,
        training_id,
        training_name,
        completed_at
    from source
)

select * from renamed
