with source as (
    select * from {{ source('lake', 'list_models') }}
),

renamed as (
    select
        provider,
        model_id,
        list_provider,
        list_model,
        list_version
    from source
)

select * from renamed
