with source as (
    select * from {{ source('lake', 'prices_in_force') }}
),

renamed as (
    select
        model_id,
        first_date,
        last_date,
        valid_from,
        is_in_force,
        usd_per_m_input,
        usd_per_m_cached_input,
        usd_per_m_cache_write,
        usd_per_m_cache_write_1h,
        usd_per_m_output,
        usd_per_request
    from source
)

select * from renamed
