with source as (
    select * from {{ source('lake', 'usage_events') }}
),

renamed as (
    select
        ---------- ids
        source,
        tenant_id,
        event_id,
        team_id,
        user_id,
        project_id,
        item_id,
        model_id,
        model_id as listed_model_id,
        provider,
        ---------- what happened
        event_type,
        environment,
        channel,
        task_category,
        status,
        direction,
        error_type,
        tags,
        ---------- numerics
        input_tokens,
        output_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        cache_write_1h_input_tokens,
        reasoning_tokens,
        nullif(meters, '{}') as meters,
        credits,
        input_credits,
        output_credits,
        cost_usd,
        latency_ms,
        user_rating,
        duration_s,
        ---------- times
        occurred_at,
        event_date,
        landing_date,
        ---------- where it came from
        file_id
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'user_id') | indent(4) }}
)

select * from named
