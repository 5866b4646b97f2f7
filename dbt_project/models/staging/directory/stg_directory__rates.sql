with source as (
    select * from {{ source('lake', 'directory_rates') }}
),

renamed as (
    select
        model_id,
        valid_from,
        multiplier,
        credits_per_1k_input,
        credits_per_1k_output
    from source
)

select * from renamed
