with daily as (
    select * from {{ ref('mart_budget_daily') }}
),

months as (
    select * from {{ ref('int_budget_months') }}
),

firsts as (
    select tenant_id, scope, scope_id, min(usage_date) as first_date
    from {{ ref('int_budget_usage') }}
    group by tenant_id, scope, scope_id
),

-- What each month that is over came to. As of its last date nothing is left to project.
outcomes as (
    select daily.tenant_id, daily.scope, daily.scope_id, daily.month, daily.usage_date as last_date, daily.used as outcome
    from daily
    inner join months
        on daily.tenant_id = months.tenant_id
        and daily.scope = months.scope
        and daily.scope_id = months.scope_id
        and daily.usage_date = months.month_end
    where daily.used > 0
),

forecasts as (
    select
        daily.scope,
        cast(extract(day from daily.usage_date) as integer) as day_of_month,
        outcomes.outcome,
        daily.projected - outcomes.outcome as projection_error,
        daily.run_rate - outcomes.outcome as run_rate_error,
        daily.projected_low <= outcomes.outcome and outcomes.outcome <= daily.projected_high as is_in_band
    from daily
    inner join outcomes
        on daily.tenant_id = outcomes.tenant_id
        and daily.scope = outcomes.scope
        and daily.scope_id = outcomes.scope_id
        and daily.month = outcomes.month
        and daily.usage_date < outcomes.last_date
    inner join firsts
        on daily.tenant_id = firsts.tenant_id
        and daily.scope = firsts.scope
        and daily.scope_id = firsts.scope_id
        and daily.usage_date >= firsts.first_date
),

-- Decimals, because sums of doubles depend on the order in which they are added.
errors as (
    select
        *,
        {%- for name in ['projection', 'run_rate'] %}
        cast({{ ratio('100 * abs(' ~ name ~ '_error)', 'outcome') }} as decimal(38, 6)) as {{ name }}_off_pct,
        {%- endfor %}
        cast({{ ratio('100 * projection_error', 'outcome') }} as decimal(38, 6)) as projection_bias_pct
    from forecasts
),

backtest as (
    select
        scope,
        day_of_month,
        count(*) as forecasts,
        {%- for name in ['projection', 'run_rate'] %}
        {{ ratio('sum(' ~ name ~ '_off_pct)', 'count(*)') }} as {{ name }}_error_pct,
        {%- endfor %}
        {{ ratio('sum(projection_bias_pct)', 'count(*)') }} as projection_bias_pct,
        count(*) filter (where abs(projection_error) < abs(run_rate_error)) as projection_closer,
        count(*) filter (where abs(run_rate_error) < abs(projection_error)) as run_rate_closer,
        count(is_in_band) as banded,
        {{ ratio('100 * count(*) filter (where is_in_band)', 'count(is_in_band)') }} as in_band_pct
    from (
        select * from errors
        union all
        select 'all' as scope, day_of_month, outcome, projection_error, run_rate_error, is_in_band,
            projection_off_pct, run_rate_off_pct, projection_bias_pct
        from errors
    ) as by_scope
    group by scope, day_of_month
)

select * from backtest
