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
        project_id,
        channel,
        model_id,
        task_category,
        {%- for measure in ['requests', 'errors', 'runs', 'calls', 'uncosted_requests'] %}
        cast(case when {{ is_counted_as(measure) }} then 1 else 0 end as integer) as {{ measure }},
        {%- endfor %}
        input_tokens,
        output_tokens,
        input_tokens + output_tokens as total_tokens,
        input_credits,
        output_credits,
        credits,
        cost_usd,
        request_latency_ms as latency_ms,
        user_rating
    from events
)

select * from measured
