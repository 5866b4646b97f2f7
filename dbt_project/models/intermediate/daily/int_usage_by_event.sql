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
        {%- for measure in ['requests', 'errors', 'uncosted_requests'] %}
        cast(case when {{ is_counted_as(measure) }} then 1 else 0 end as integer) as {{ measure }},
        {%- endfor %}
        input_tokens + output_tokens as total_tokens,
        credits,
        cost_usd,
        request_latency_ms as latency_ms
    from events
)

select * from measured
