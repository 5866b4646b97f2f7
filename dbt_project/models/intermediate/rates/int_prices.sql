{{ config(materialized='tallybook_table') }}
{#- Contract prices hold at any hour and for any size of request, whoever provides the model. -#}

with list_prices as (
    select * from {{ ref('stg_price_list__prices') }}
),

own_periods as (
    select * from {{ ref('int_contract_periods') }}
),

offered as (
    select
        '(any)' as provider,
        own.model_id,
        'contract' as price_source,
        own.first_date,
        own.last_date,
        own.valid_from,
        own.valid_to,
        0 as from_second,
        86400 as to_second,
        cast(0 as bigint) as from_input_tokens,
        cast(9007199254740992 as bigint) as to_input_tokens,
        own.usd_per_m_input,
        own.usd_per_m_cached_input,
        coalesce(own.usd_per_m_cache_write, own.usd_per_m_input) as usd_per_m_cache_write,
        coalesce(own.usd_per_m_cache_write_1h, own.usd_per_m_input) as usd_per_m_cache_write_1h,
        own.usd_per_m_output,
        cast(null as decimal(18, 6)) as usd_per_m_reasoning,
        own.usd_per_request,
        '{}' as usd_per_m_meters
    from own_periods as own
    where own.is_contract
    union all
    select
        list_prices.provider,
        list_prices.model_id,
        'list' as price_source,
        list_prices.first_date,
        list_prices.last_date,
        list_prices.valid_from,
        list_prices.valid_to,
        list_prices.from_second,
        list_prices.to_second,
        list_prices.from_input_tokens,
        list_prices.to_input_tokens,
        list_prices.usd_per_m_input,
        list_prices.usd_per_m_cached_input,
        list_prices.usd_per_m_cache_write,
        list_prices.usd_per_m_cache_write_1h,
        list_prices.usd_per_m_output,
        list_prices.usd_per_m_reasoning,
        list_prices.usd_per_request,
        list_prices.usd_per_m_meters
    from list_prices
),

-- Only a price per request: that is the whole price, tokens are in it.
told_apart as (
    select
        *,
        coalesce(
            usd_per_m_input, usd_per_m_cached_input, usd_per_m_cache_write, usd_per_m_cache_write_1h, usd_per_m_output
        ) is null as is_flat
    from offered
),

prices as (
    select
        provider,
        model_id,
        price_source,
        first_date,
        last_date,
        valid_from,
        valid_to,
        from_second,
        to_second,
        from_input_tokens,
        to_input_tokens,
        {{ usd_per_token('case when is_flat then 0 else usd_per_m_input end') }} as usd_per_input_token,
        {{ usd_per_token('case when is_flat then 0 else coalesce(usd_per_m_cached_input, usd_per_m_input) end') }}
            as usd_per_cached_input_token,
        {{ usd_per_token('case when is_flat then 0 else usd_per_m_cache_write end') }} as usd_per_cache_write_token,
        {{ usd_per_token('case when is_flat then 0 else usd_per_m_cache_write_1h end') }} as usd_per_cache_write_1h_token,
        {{ usd_per_token('case when is_flat then 0 else usd_per_m_output end') }} as usd_per_output_token,
        {{ usd_per_token('case when is_flat then 0 else coalesce(usd_per_m_reasoning, usd_per_m_output) end') }}
            as usd_per_reasoning_token,
        cast(coalesce(usd_per_request, 0) as decimal(38, 15)) as usd_per_request,
        usd_per_m_meters
    from told_apart
)

select * from prices
