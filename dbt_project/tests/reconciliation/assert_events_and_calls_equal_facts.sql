-- Tenants of whose events or calls a mart does not show all that the facts hold up to the as-of date.
with hours as (
    select facts.*
    from {{ ref('fct_usage_hourly') }} as facts
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on facts.tenant_id = as_of.tenant_id
    where facts.usage_date <= as_of.as_of_date
),

used as (
    select
        tenant_id,
        sum(latency_count) as latencies,
        sum(latency_ms_sum) as latency_ms,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(credits) as credits,
        sum(cost_usd) as cost_usd
    from hours
    group by tenant_id
),

shown_events as (
    select
        tenant_id,
        count(latency_ms) as latencies,
        coalesce(sum(latency_ms), 0) as latency_ms,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(credits) as credits,
        coalesce(sum(cost_usd), 0) as cost_usd
    from {{ ref('mart_usage_events') }}
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

{{ differing_totals(
    'used', 'shown_events', 'mart_usage_events',
    ['latencies', 'latency_ms', 'requests', 'total_tokens', 'credits', 'cost_usd']
) }}
union all
{{ differing_totals('called', 'shown_calls', 'mart_call_daily', ['calls', 'call_seconds']) }}
