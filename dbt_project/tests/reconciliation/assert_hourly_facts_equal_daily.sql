-- Tenants whose two facts, over all time, do not have the same sums.
with expected as (
    {{ totals_by_tenant(ref('fct_usage_daily')) | indent(4) }}
),

found as (
    {{ totals_by_tenant(ref('fct_usage_hourly')) | indent(4) }}
)

{{ differing_totals('expected', 'found', 'fct_usage_hourly') }}
