with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

daily as (
    select
        tenant_id,
        model_id,
        usage_date,
        {{ sum_measures() | indent(8) }},
        {{ ratio('sum(rating_sum)', 'sum(rating_count)') }} as avg_rating
    from facts
    group by tenant_id, model_id, usage_date
),

latencies as (
    select
        tenant_id,
        model_id,
        usage_date,
        {{ ratio('sum(request_latency_ms)', 'count(request_latency_ms)') }} as avg_latency_ms,
        {{ percentile('request_latency_ms', 0.5) }} as p50_latency_ms,
        {{ percentile('request_latency_ms', 0.95) }} as p95_latency_ms
    from events
    where request_latency_ms is not null
    group by tenant_id, model_id, usage_date
),

uncosted as (
    select
        tenant_id,
        model_id,
        usage_date,
        count_if({{ is_counted_as('runs') }}) as uncosted_runs,
        count_if({{ is_counted_as('calls') }}) as uncosted_calls
    from events
    where cost_usd is null and event_type <> 'request'
    group by tenant_id, model_id, usage_date
),

joined as (
    select
        daily.*,
        latencies.avg_latency_ms,
        latencies.p50_latency_ms,
        latencies.p95_latency_ms,
        coalesce(uncosted.uncosted_runs, 0) as uncosted_runs,
        coalesce(uncosted.uncosted_calls, 0) as uncosted_calls
    from daily
    left join latencies
        on daily.tenant_id = latencies.tenant_id
        and daily.model_id = latencies.model_id
        and daily.usage_date = latencies.usage_date
    left join uncosted
        on daily.tenant_id = uncosted.tenant_id
        and daily.model_id = uncosted.model_id
        and daily.usage_date = uncosted.usage_date
)

select * from joined
