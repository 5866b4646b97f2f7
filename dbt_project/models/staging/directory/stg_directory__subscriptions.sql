with source as (
    select * from {{ source('lake', 'directory_subscriptions') }}
),

renamed as (
    select
        email,
        scope,
        tenant_id,
        cadence
    from source
)

select * from renamed
