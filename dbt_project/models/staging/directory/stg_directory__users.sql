with source as (
    select * from {{ source('lake', 'directory_users') }}
),

renamed as (
    select
        tenant_id,
        user_id,
        user_name,
        email,
        team_id,
        role,
        signed_up_at
    from source
)

select * from renamed
