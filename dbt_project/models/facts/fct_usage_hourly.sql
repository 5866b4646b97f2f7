with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

hourly as (
    select
        tenant_id,
        usage_hour,
        usage_date,
        local_hour,
        team_id,
        channel,
        model_id,
        {{ usage_measures() | indent(8) }},
        cast(coalesce(sum(request_latency_ms), 0) as hugeint) as latency_ms_sum,
        count(request_latency_ms) as latency_count
    from events
    group by tenant_id, usage_hour, usage_date, local_hour, team_id, channel, model_id
)

select * from hourly
