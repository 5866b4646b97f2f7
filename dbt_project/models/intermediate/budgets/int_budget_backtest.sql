{{ config(materialized='tallybook_table') }}

with daily as (
    select * from {{ ref('mart_budget_daily') }}
),

months as (
    select * from {{ ref('int_budget_backtest_months') }}
),

known as (
    select * from {{ ref('int_budget_known_projections') }}
),

firsts as (
    select * from {{ ref('int_budget_first_known') }}
),

-- What each month came to. As of its last date nothing is left to project.
outcomes as (
    select months.*, daily.used as outcome
    from months
    inner join daily
        on months.tenant_id = daily.tenant_id
        and months.scope = daily.scope
        and months.scope_id = daily.scope_id
        and months.month_end = daily.usage_date
    where daily.used > 0
),

forecasts as (
    select
        daily.tenant_id,
        daily.scope,
        daily.scope_id,
        daily.month,
        daily.usage_date,
        outcomes.outcome,
        {%- for figure in ['used', 'projected', 'projected_low', 'projected_high', 'run_rate'] %}
        case when known.usage_date is null then daily.{{ figure }} else known.{{ figure }} end as {{ figure }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from daily
    inner join outcomes
        on daily.tenant_id = outcomes.tenant_id
        and daily.scope = outcomes.scope
        and daily.scope_id = outcomes.scope_id
        and daily.month = outcomes.month
        and daily.usage_date < outcomes.month_end
    -- Before anything had landed there was nothing to project from.
    inner join firsts
        on daily.tenant_id = firsts.tenant_id
        and daily.scope = firsts.scope
        and daily.scope_id = firsts.scope_id
        and daily.usage_date >= firsts.from_date
        and daily.usage_date < firsts.before_date
    left join known
        on daily.tenant_id = known.tenant_id
        and daily.scope = known.scope
        and daily.scope_id = known.scope_id
        and daily.usage_date = known.usage_date
),

errors as (
    select
        *,
        projected - outcome as projection_error,
        -- Of nothing that is used yet there is no rate.
        case when used > 0 then run_rate - outcome end as run_rate_error,
        projected_low <= outcome and outcome <= projected_high as is_in_band
    from forecasts
),

-- Decimals, because sums of doubles depend on the order in which they are added.
backtest as (
    select
        tenant_id,
        scope,
        scope_id,
        month,
        usage_date,
        projection_error,
        run_rate_error,
        is_in_band,
        {%- for name in ['projection', 'run_rate'] %}
        cast({{ ratio('100 * abs(' ~ name ~ '_error)', 'outcome') }} as decimal(38, 6)) as {{ name }}_off_pct,
        {%- endfor %}
        cast({{ ratio('100 * projection_error', 'outcome') }} as decimal(38, 6)) as projection_bias_pct
    from errors
)

select * from backtest
