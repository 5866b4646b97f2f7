with source as (
    select * from {{ source('lake', 'directory_prices') }}
),

renamed as (
    select
        model_id,
        valid_from,
        usd_per_m_input,
        usd_per_m_cached_input,
        usd_per_m_cache_write,
        usd_per_m_cache_write_1h,
        usd_per_m_output,
        usd_per_request
    from source
)

select * from renamed
