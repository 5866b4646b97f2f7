with source as (
    select * from {{ source('lake', 'directory_teams') }}
),

renamed as (
    select
        tenant_id,
        team_id,
        team_name,
        department
    from source
)

select * from renamed
