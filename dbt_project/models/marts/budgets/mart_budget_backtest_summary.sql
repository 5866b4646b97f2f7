{%- set counts = ['forecasts', 'compared', 'projection_closer', 'run_rate_closer', 'banded'] %}
{%- set means = ['projection_error', 'projection_bias', 'compared_error', 'run_rate_error', 'in_band'] %}

with forecasts as (
    select * from {{ ref('int_budget_backtest') }}
),

-- A month is one month, however many of its dates were judged.
months as (
    select
        scope,
        count(*) as forecasts,
        count(run_rate_error) as compared,
        count(*) filter (where abs(projection_error) < abs(run_rate_error)) as projection_closer,
        count(*) filter (where abs(run_rate_error) < abs(projection_error)) as run_rate_closer,
        count(is_in_band) as banded,
        cast({{ ratio('sum(projection_off_pct)', 'count(*)') }} as decimal(38, 6)) as projection_error,
        cast({{ ratio('sum(projection_bias_pct)', 'count(*)') }} as decimal(38, 6)) as projection_bias,
        cast({{ ratio('sum(projection_off_pct) filter (where run_rate_error is not null)', 'count(run_rate_error)') }}
            as decimal(38, 6)) as compared_error,
        cast({{ ratio('sum(run_rate_off_pct)', 'count(run_rate_error)') }} as decimal(38, 6)) as run_rate_error,
        cast({{ ratio('100 * count(*) filter (where is_in_band)', 'count(is_in_band)') }} as decimal(38, 6)) as in_band
    from forecasts
    group by tenant_id, scope, scope_id, month
),

by_scope as (
    select * from months
    union all
    select
        'all' as scope,
        {%- for column in counts + means %}
        {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from months
),

summary as (
    select
        scope,
        count(*) as months,
        {%- for count in counts %}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {%- endfor %}
        {%- for mean in means %}
        {{ ratio('sum(' ~ mean ~ ')', 'count(' ~ mean ~ ')') }} as {{ mean }}_pct{{ ',' if not loop.last }}
        {%- endfor %}
    from by_scope
    group by scope
)

select * from summary
