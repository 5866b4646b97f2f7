-- Tenants whose rated events are not the lake's live events in number, tokens, reported cost and given credits, or whose
-- daily facts and what came late are not what the rated events add up to: in a full build all of them, else those of the rated
-- parts.
{{ config(tags=['of_this_run']) }}
{%- set parts = rated_parts() %}
{%- set localised = ref('int_usage_events_localised') %}
{%- set unioned = ref('int_usage_events_unioned') %}
{%- set measures = ['events', 'input_tokens', 'output_tokens', 'given_credits', 'reported_cost_usd'] %}

with live as (
    {%- if is_full_build() %}
    select * from {{ unioned }}
    where environment = 'live'
    {%- else %}
    select * from {{ localised }} as localised
    where event_date in ({{ changed_utc_dates() }}) and exists (
        select 1
        from {{ parts }} as parts
        where localised.tenant_id = parts.tenant_id and cast(localised.local_at as date) = parts.usage_date
    )
    {%- endif %}
),

lake as (
    select
        tenant_id,
        count(*) as events,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum({{ given_credits() }}) as given_credits,
        sum(cost_usd) as reported_cost_usd
    from live
    group by tenant_id
),

rated as (
    select
        tenant_id,
        count(*) as events,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(cache_write_input_tokens) as cache_write_input_tokens,
        sum(cache_write_1h_input_tokens) as cache_write_1h_input_tokens,
        sum(input_credits) as input_credits,
        sum(credits) as credits,
        sum(credits) filter (where is_credits_given) as given_credits,
        sum(cost_usd) filter (where cost_basis = 'reported') as reported_cost_usd,
        sum(cost_usd) filter (where cost_basis = 'estimated') as estimated_cost_usd,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_events_rated') }}
    group by tenant_id
),

facts as (
    select *
    from {{ ref('fct_usage_daily') }} as daily  -- noqa: AL05
    {%- if not is_full_build() %}
    where exists (
        select 1
        from {{ parts }} as parts
        where daily.tenant_id = parts.tenant_id and daily.usage_date = parts.usage_date
    )
    {%- endif %}
),

late as (
    select *
    from {{ ref('int_usage_late') }} as late_usage  -- noqa: AL05
    {%- if not is_full_build() %}
    where exists (
        select 1
        from {{ parts }} as parts
        where late_usage.tenant_id = parts.tenant_id and late_usage.usage_date = parts.usage_date
    )
    {%- endif %}
),

facts_and_late as (
    select tenant_id, requests, runs, calls, estimated_cost_usd, {{ reconciled_measures()[1:] | join(', ') }} from facts
    union all
    select tenant_id, requests, runs, calls, estimated_cost_usd, {{ reconciled_measures()[1:] | join(', ') }} from late
),

built as (
    {{ totals_by_tenant('facts_and_late', more={'estimated_cost_usd': 'sum(estimated_cost_usd)'}) | indent(4) }}
)

{{ differing_totals('lake', 'rated', 'int_usage_events_rated', measures) }}
union all
{{ differing_totals('rated', 'built', 'fct_usage_daily', reconciled_measures() + ['estimated_cost_usd']) }}
