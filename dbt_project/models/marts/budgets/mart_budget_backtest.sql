with forecasts as (
    select * from {{ ref('int_budget_backtest') }}
),

backtest as (
    select
        scope,
        cast(extract(day from usage_date) as integer) as day_of_month,
        count(*) as months,
        {{ ratio('sum(projection_off_pct)', 'count(*)') }} as projection_error_pct,
        {{ ratio('sum(projection_bias_pct)', 'count(*)') }} as projection_bias_pct,
        count(run_rate_error) as compared,
        {{ ratio('sum(projection_off_pct) filter (where run_rate_error is not null)', 'count(run_rate_error)') }}
            as compared_error_pct,
        {{ ratio('sum(run_rate_off_pct)', 'count(run_rate_error)') }} as run_rate_error_pct,
        count(*) filter (where abs(projection_error) < abs(run_rate_error)) as projection_closer,
        count(*) filter (where abs(run_rate_error) < abs(projection_error)) as run_rate_closer,
        count(is_in_band) as banded,
        {{ ratio('100 * count(*) filter (where is_in_band)', 'count(is_in_band)') }} as in_band_pct
    from (
        select scope, usage_date, projection_error, run_rate_error, is_in_band, projection_off_pct, run_rate_off_pct,
            projection_bias_pct
        from forecasts
        union all
        select 'all' as scope, usage_date, projection_error, run_rate_error, is_in_band, projection_off_pct, run_rate_off_pct,
            projection_bias_pct
        from forecasts
    ) as by_scope
    group by scope, extract(day from usage_date)
)

select * from backtest
