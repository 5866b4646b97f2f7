with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

latencies as (
    select
        tenant_id,
        usage_date,
        local_hour,
        model_id,
        user_id,
        request_latency_ms as latency_ms
    from events
    where request_latency_ms is not null
)

select * from latencies
