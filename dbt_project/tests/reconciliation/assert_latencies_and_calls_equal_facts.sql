-- Tenants of whose requests with a latency, or of whose calls, a mart does not show all that the facts hold up to the as-of date.
with hours as (
    select facts.*
    from {{ ref('fct_usage_hourly') }} as facts
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on facts.tenant_id = as_of.tenant_id
    where facts.usage_date <= as_of.as_of_date
),

timed as (
    select tenant_id, sum(latency_count) as latencies, sum(latency_ms_sum) as latency_ms
    from hours
    group by tenant_id
),

shown_times as (
    select tenant_id, count(*) as latencies, sum(latency_ms) as latency_ms
    from {{ ref('mart_request_latency') }}
    group by tenant_id
),

called as (
    select tenant_id, sum(calls) as calls, sum(call_seconds) as call_seconds
    from hours
    group by tenant_id
),

shown_calls as (
    select tenant_id, sum(calls) as calls, sum(call_seconds) as call_seconds
    from {{ ref('mart_call_daily') }}
    group by tenant_id
)

{{ differing_totals('timed', 'shown_times', 'mart_request_latency', ['latencies', 'latency_ms']) }}
union all
{{ differing_totals('called', 'shown_calls', 'mart_call_daily', ['calls', 'call_seconds']) }}
