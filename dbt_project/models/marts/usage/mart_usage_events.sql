with events as (
    select * from {{ ref('int_usage_by_event') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        events.tenant_id,
        events.usage_date,
        events.local_hour,
        {{ part_of_week('events.usage_date', 'events.local_hour') }} as part_of_week,
        events.team_id,
        events.user_id,
        events.item_id,
        events.project_id,
        events.channel,
        events.model_id,
        events.task_category,
        events.requests,
        events.errors,
        events.runs,
        events.calls,
        events.input_tokens,
        events.output_tokens,
        events.total_tokens,
        events.input_credits,
        events.output_credits,
        events.credits,
        events.cost_usd,
        events.uncosted_requests,
        events.latency_ms,
        events.user_rating
    from events
    inner join as_of
        on events.tenant_id = as_of.tenant_id
        and events.usage_date <= as_of.as_of_date
)

select * from shown
