with source as (
    select * from {{ source('lake', 'list_prices') }}
),

renamed as (
    select
        ---------- what is priced
        provider,
        model_id,
        ---------- when and for which requests
        first_date,
        last_date,
        valid_from,
        valid_to,
        from_second,
        to_second,
        from_input_tokens,
        to_input_tokens,
        ---------- prices
        usd_per_m_input,
        usd_per_m_cached_input,
        usd_per_m_cache_write,
        usd_per_m_cache_write_1h,
        usd_per_m_output,
        usd_per_m_reasoning,
        usd_per_request,
        usd_per_m_meters
    from source
)

select * from renamed
