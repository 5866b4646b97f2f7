with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

measured as (
    select
        tenant_id,
        usage_date,
        local_hour,
        team_id,
        user_id,
        item_id,
        channel,
        model_id,
        cast(case when event_type = 'request' then 1 else 0 end as integer) as requests,
        cast(case when event_type = 'request' and status = 'error' then 1 else 0 end as integer) as errors,
        input_tokens + output_tokens as total_tokens,
        credits,
        cost_usd,
        cast(case when event_type = 'request' and cost_usd is null then 1 else 0 end as integer) as uncosted_requests,
        request_latency_ms as latency_ms
    from events
)

select * from measured
