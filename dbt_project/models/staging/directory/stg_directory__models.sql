with source as (
    select * from {{ source('lake', 'directory_models') }}
),

renamed as (
    select
        model_id,
        model_name,
        provider,
        family
    from source
)

select * from renamed
