with source as (
    select * from {{ source('lake', 'rates_in_force') }}
),

renamed as (
    select
        model_id,
        first_date,
        last_date,
        valid_from,
        is_in_force,
        multiplier,
        credits_per_1k_input,
        credits_per_1k_output
    from source
)

select * from renamed
