-- Tenants whose facts of all time do not have the live events of the lake, their tokens and their cost, or whose two facts
-- differ. Not limited to the parts of this run: what an earlier run lost shows here.
{%- set measures = ['events', 'input_tokens', 'output_tokens', 'cost_usd'] %}

with lake as (
    select
        tenant_id,
        count(*) as events,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_events_unioned') }}
    where environment = 'live'
    group by tenant_id
),

daily as (
    {{ totals_by_tenant(ref('fct_usage_daily')) | indent(4) }}
),

hourly as (
    {{ totals_by_tenant(ref('fct_usage_hourly')) | indent(4) }}
)

{{ differing_totals('lake', 'daily', 'fct_usage_daily', measures) }}
union all
{{ differing_totals('daily', 'hourly', 'fct_usage_hourly') }}
