{{ config(materialized='tallybook_table') }}

with uses as (
    select * from {{ ref('int_ledger_consumption_funding') }}
),

usage as (
    select * from {{ ref('int_model_daily') }}
),

meters as (
    select tenant_id, usage_date, model_id, 'input' as meter, input_tokens as tokens, 0 as meter_from,
        input_credits as meter_to
    from usage
    where input_credits > 0
    union all
    select tenant_id, usage_date, model_id, 'output' as meter, output_tokens as tokens, input_credits as meter_from,
        credits as meter_to
    from usage
    where output_credits > 0
),

-- Tokens that cost a million credits per thousand, or a trillion in all, are not counted: no product may outgrow the decimals.
counted as (
    select
        *,
        'model' as demand_type,
        meter_to - meter_from < least(tokens * 1000, 1000000000000) as is_counted
    from meters
),

-- The kind of demand is joined on, not compared with a text: DuckDB would else compare every use with every meter.
metered as (
    select
        uses.*,
        counted.meter,
        counted.tokens,
        counted.is_counted,
        greatest(uses.used_from, coalesce(counted.meter_from, uses.used_from)) - coalesce(counted.meter_from, 0)
            as metered_from,
        least(uses.used_to, coalesce(counted.meter_to, uses.used_to)) - coalesce(counted.meter_from, 0) as metered_to,
        counted.meter_to - counted.meter_from as meter_credits
    from uses
    left join counted
        on uses.tenant_id = counted.tenant_id
        and uses.usage_date = counted.usage_date
        and uses.demand_type = counted.demand_type
        and uses.demand_id = counted.model_id
        and uses.used_from < counted.meter_to
        and counted.meter_from < uses.used_to
),

shares as (
    select
        tenant_id,
        usage_date,
        draw_type,
        demand_type,
        demand_id,
        meter,
        lot_id,
        paid_on,
        cast(metered_to - metered_from as decimal(38, 6)) as credits,
        case when is_counted then cast(
            floor({{ cut_share('tokens', 'metered_to', 'meter_credits') }})
            - floor({{ cut_share('tokens', 'metered_from', 'meter_credits') }})
        as decimal(38, 0)) end as tokens,
        case when is_counted then {{ cut_share('meter_credits * 1000', '1', 'tokens') }} end as credits_per_1k_tokens
    from metered
)

select * from shares
