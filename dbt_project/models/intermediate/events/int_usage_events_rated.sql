{{ config(materialized='tallybook_table', database='scratch_of_run') }}
{%- set parts = rated_parts() %}

with localised as (
    select
        *,
        cast(local_at as date) as usage_date,
        {{ is_served_request() }} as is_served_request,
        {{ given_credits() }} as given_credits,
        {{ sum_of_meters('meters', 'input') | indent(8) }} as input_metered_tokens,
        {{ sum_of_meters('meters', 'cached_input') | indent(8) }} as cached_metered_tokens,
        {{ sum_of_meters('meters', 'output') | indent(8) }} as output_metered_tokens
    from {{ ref('int_usage_events_localised') }}
),

events as (
    select
        *,
        is_served_request and given_credits is null as needs_rate,
        case when is_served_request then model_id end as model_to_rate,
        case when cost_usd is null and has_all_tokens then model_id end as model_to_price,
        case when cost_usd is null and has_all_tokens then listed_model_id end as model_to_list
    from localised
    {%- if not is_full_build() %}
    where event_date in ({{ changed_utc_dates() }}) and exists (
        select 1
        from {{ parts }} as parts
        where localised.tenant_id = parts.tenant_id and localised.usage_date = parts.usage_date
    )
    {%- endif %}
),

rates as (
    select * from {{ ref('int_rates_by_date') }} where is_in_force
),

contracts as (
    select * from {{ ref('int_prices') }} where price_source = 'contract'
),

list_prices as (
    select * from {{ ref('int_prices') }} where price_source = 'list'
),

charged as (
    select
        events.*,
        events.needs_rate and rates.model_id is null as is_unrated,
        {{ rated_credits('rates', 'events') | indent(8) }} as rated_credits,
        rates.credits_per_request,
        rates.credits_per_1k_input,
        rates.credits_per_1k_output,
        {{ charged_credits('events', 'rates') | indent(8) }} as charged_credits,
        cast({{ known_cost('contracts', 'list_prices', 'events') | indent(8) }} as decimal(38, 6)) as known_cost_usd,
        {{ saved_per_token('contracts', 'list_prices', 'usd_per_cached_input_token') }} as usd_saved_per_cached_token,
        {{ saved_per_token('contracts', 'list_prices', 'usd_per_cache_write_token') }} as usd_saved_per_write_token,
        {{ saved_per_token('contracts', 'list_prices', 'usd_per_cache_write_1h_token') }} as usd_saved_per_write_1h_token
    from events
    left join rates
        on events.model_to_rate = rates.model_id
        and events.occurred_at >= rates.valid_from
        and events.occurred_at < rates.valid_to
        and events.usage_date >= rates.first_date
        and events.usage_date <= rates.last_date
    left join contracts
        on events.model_to_price = contracts.model_id
        and events.occurred_at >= contracts.valid_from
        and events.occurred_at < contracts.valid_to
        and events.usage_date >= contracts.first_date
        and events.usage_date <= contracts.last_date
    left join list_prices
        on events.model_to_list = list_prices.model_id
        and {{ is_in_force('list_prices', 'events') }}
),

split as (
    select
        *,
        -- Credits that the log gives are metered by the rate, too, where they are what it comes to.
        coalesce(given_credits, rated_credits) = rated_credits as is_as_rated,
        cast(case
            when input_credits is not null then input_credits
            when input_tokens + output_tokens > 0
                then {{ share_of_amount('charged_credits', 'input_tokens', '(input_tokens + output_tokens)') }}
            else 0
        end as decimal(38, 6)) as charged_input_credits
    from charged
),

rated as (
    select
        ---------- the day and hour it counts for
        tenant_id,
        usage_date,
        date_trunc('hour', occurred_at) as usage_hour,
        occurred_at,
        cast(extract(hour from local_at) as integer) as local_hour,
        landing_date,
        ---------- what it counts under
        coalesce(team_id, '(none)') as team_id,
        coalesce(user_id, '(none)') as user_id,
        coalesce(item_id, '(none)') as item_id,
        coalesce(project_id, '(none)') as project_id,
        channel,
        coalesce(model_id, '(none)') as model_id,
        coalesce(task_category, '(none)') as task_category,
        tags,
        ---------- what it was
        event_type,
        status,
        direction,
        case when status = 'error' then coalesce(error_type, '(none)') end as error_type,
        is_unrated,
        duration_s,
        case when is_served_request then latency_ms end as request_latency_ms,
        user_rating,
        ---------- tokens and money
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        cache_write_1h_input_tokens,
        output_tokens,
        reasoning_tokens,
        meters,
        charged_input_credits as input_credits,
        charged_credits - charged_input_credits as output_credits,
        charged_credits as credits,
        given_credits is not null as is_credits_given,
        case when is_as_rated then credits_per_request end as credits_per_request,
        case when is_as_rated then credits_per_1k_input end as credits_per_1k_input,
        case when is_as_rated then credits_per_1k_output end as credits_per_1k_output,
        known_cost_usd as cost_usd,
        {{ cost_basis('cost_usd', 'known_cost_usd') }} as cost_basis,
        cached_metered_tokens,
        usd_saved_per_cached_token,
        usd_saved_per_write_token,
        usd_saved_per_write_1h_token
    from split
)

select * from rated
