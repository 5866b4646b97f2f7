{{ config(materialized='tallybook_table') }}

with months as (
    select * from {{ ref('int_budget_months') }}
),

forecasts as (
    select * from {{ ref('int_budget_forecasts') }}
),

spine as (
    select
        tenant_id, scope, scope_id, budget, month_start, month_end,
        {{ dates_between('month_start', 'last_date') }} as usage_date
    from months
),

joined as (
    select
        spine.*,
        {{ days_between('spine.usage_date', 'spine.month_end') }} as days_left,
        sum(coalesce(forecasts.credits, 0)) over (
            partition by spine.tenant_id, spine.scope, spine.scope_id, spine.month_start
            order by spine.usage_date
            rows between unbounded preceding and current row
        ) as used,
        {%- for days_ago in range(7) %}
        coalesce(forecasts.mean60_{{ days_ago }}, 0) as mean60_{{ days_ago }},
        {%- endfor %}
        forecasts.spread,
        forecasts.history_days
    from spine
    left join forecasts
        on spine.tenant_id = forecasts.tenant_id
        and spine.scope = forecasts.scope
        and spine.scope_id = forecasts.scope_id
        and spine.usage_date = forecasts.usage_date
),

{{ projected_use() }},

daily as (
    select
        tenant_id,
        scope,
        scope_id,
        usage_date,
        {{ month_name('month_start') }} as month,
        budget,
        cast(used as decimal(38, 6)) as used,
        {{ ratio('100 * used', 'budget') }} as used_pct,
        projected,
        projected_low,
        projected_high,
        run_rate,
        case when used >= budget then 'over' when projected > budget then 'at_risk' else 'on_track' end as status
    from projection
)

select * from daily
