with models as (
    select distinct model_id from {{ ref('stg_price_list__models') }}
),

contract_prices as (
    select * from {{ ref('stg_directory__prices') }}
),

starts as (
    select
        *,
        1 as place,
        coalesce(usd_per_m_input, usd_per_m_cached_input, usd_per_m_output, usd_per_request) is not null as is_contract
    from contract_prices
    union all
    select
        model_id,
        timestamp '0001-01-01 00:00:00' as valid_from,
        cast(null as decimal(18, 6)) as usd_per_m_input,
        cast(null as decimal(18, 6)) as usd_per_m_cached_input,
        cast(null as decimal(18, 6)) as usd_per_m_output,
        cast(null as decimal(18, 6)) as usd_per_request,
        0 as place,
        false as is_contract
    from models
),

periods as (
    select
        *,
        coalesce(
            lead(valid_from) over (partition by model_id order by valid_from, place), timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from starts
)

select * from periods
