{%- set local_at = local_timestamp('events.occurred_at', 'zone_days') -%}

with events as (
    select * from {{ ref('int_usage_events_unioned') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

users as (
    select * from {{ ref('stg_directory__users') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

localised as (
    select
        events.tenant_id,
        events.occurred_at,
        events.event_date,
        {{ local_at }} as local_at,
        events.event_type,
        events.status,
        events.direction,
        left(events.error_type, 100) as error_type,
        events.tags,
        events.channel,
        -- Where the user sits today, not where they sat then: the directory keeps no past.
        coalesce(events.team_id, users.team_id) as team_id,
        events.user_id,
        events.project_id,
        events.item_id,
        events.model_id,
        events.listed_model_id,
        events.provider,
        events.task_category,
        -- Tokens that a source does not know add nothing to a sum.
        coalesce(events.input_tokens, 0) as input_tokens,
        coalesce(events.output_tokens, 0) as output_tokens,
        coalesce(events.cached_input_tokens, 0) as cached_input_tokens,
        {{ known_cache_writes('events.cache_write_input_tokens', local_at) }} as cache_write_input_tokens,
        {{ known_cache_writes('events.cache_write_1h_input_tokens', local_at) }} as cache_write_1h_input_tokens,
        coalesce(events.reasoning_tokens, 0) as reasoning_tokens,
        events.meters,
        events.input_tokens is not null and events.output_tokens is not null and events.cached_input_tokens is not null
            as has_all_tokens,
        events.credits,
        events.input_credits,
        events.output_credits,
        events.cost_usd,
        events.latency_ms,
        events.user_rating,
        events.duration_s,
        events.landing_date,
        events.file_id
    from events
    left join tenants
        on events.tenant_id = tenants.tenant_id
    left join users
        on events.tenant_id = users.tenant_id
        and events.user_id = users.user_id
    inner join zone_days
        on {{ is_zone_day('zone_days', "coalesce(tenants.timezone, 'UTC')", 'events.occurred_at', 'events.event_date') }}
    where events.environment = 'live'
)

select * from localised
