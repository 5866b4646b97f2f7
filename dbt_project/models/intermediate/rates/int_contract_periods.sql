with contract_prices as (
    select * from {{ ref('stg_directory__prices') }}
),

starts as (
    select
        *,
        is_in_force
            and coalesce(
                usd_per_m_input, usd_per_m_cached_input, usd_per_m_cache_write, usd_per_m_cache_write_1h,
                usd_per_m_output, usd_per_request
            ) is not null as is_contract
    from contract_prices
),

periods as (
    select
        *,
        coalesce(
            lead(valid_from) over (partition by model_id, first_date order by valid_from), timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from starts
)

select * from periods
