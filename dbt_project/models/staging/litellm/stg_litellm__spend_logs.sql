{#- A key that names no owner of its own carries this id: the proxy's administrator, no person. -#}
{%- set default_owner = 'default_user_id' -%}

with requests as (
    select * from {{ source('lake', 'litellm_requests') }}
),

mapped as (
    select
        ---------- ids
        source,
        tenant_id,
        event_id,
        team_id,
        coalesce(nullif(key_owner_id, '{{ default_owner }}'), end_user_id) as user_id,
        project_id,
        agent_id as item_id,
        {{ litellm_model() }} as model_id,
        listed_model as listed_model_id,
        provider,
        ---------- what happened
        'request' as event_type,
        'live' as environment,
        case when agent_id is null then 'api' else 'agent' end as channel,
        cast(null as {{ dbt.type_string() }}) as task_category,
        {{ litellm_status() }} as status,
        cast(null as {{ dbt.type_string() }}) as direction,
        error_type,
        cast(null as {{ dbt.type_string() }}) as tags,
        ---------- numerics
        prompt_tokens as input_tokens,
        completion_tokens as output_tokens,
        cached_tokens as cached_input_tokens,
        cache_write_tokens as cache_write_input_tokens,
        cache_write_1h_tokens as cache_write_1h_input_tokens,
        reasoning_tokens,
        meters,
        cast(null as decimal(18, 6)) as credits,
        cast(null as decimal(18, 6)) as input_credits,
        cast(null as decimal(18, 6)) as output_credits,
        -- A call that succeeded at the provider and cost nothing is one that LiteLLM has no price for.
        case
            when spend_usd = 0 and status = 'success' and not is_cache_hit then null
            else cast(round(spend_usd, 6) as decimal(18, 6))
        end as cost_usd,
        latency_ms,
        cast(null as bigint) as user_rating,
        cast(null as bigint) as duration_s,
        ---------- times
        occurred_at,
        event_date,
        landing_date,
        ---------- where it came from
        file_id
    from requests
),

named as (
    {{ with_pseudonyms('mapped', 'user_id') | indent(4) }}
)

select * from named
