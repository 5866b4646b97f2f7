with backtest as (
    select * from {{ ref('mart_budget_backtest') }}
),

-- Means weighted back to sums; in decimals, because sums of doubles depend on the order in which they are added.
sums as (
    select
        scope,
        sum(forecasts) as forecasts,
        {%- for name in ['projection_error', 'run_rate_error', 'projection_bias'] %}
        sum(cast({{ name }}_pct * forecasts as decimal(38, 6))) as {{ name }},
        {%- endfor %}
        sum(projection_closer) as projection_closer,
        sum(run_rate_closer) as run_rate_closer,
        sum(banded) as banded,
        sum(cast(coalesce(in_band_pct, 0) * banded as decimal(38, 6))) as in_band
    from backtest
    group by scope
),

summary as (
    select
        scope,
        cast(forecasts as bigint) as forecasts,
        {{ ratio('projection_error', 'forecasts') }} as projection_error_pct,
        {{ ratio('run_rate_error', 'forecasts') }} as run_rate_error_pct,
        {{ ratio('projection_bias', 'forecasts') }} as projection_bias_pct,
        cast(projection_closer as bigint) as projection_closer,
        cast(run_rate_closer as bigint) as run_rate_closer,
        cast(banded as bigint) as banded,
        {{ ratio('in_band', 'banded') }} as in_band_pct
    from sums
)

select * from summary
