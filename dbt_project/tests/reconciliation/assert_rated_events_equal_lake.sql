-- Tenants whose live events in the lake are not, in number, tokens, cost and credits given, those that this run rated:
-- all of them in a full build, else those of the changed parts.
{%- set parts = changed_parts() %}
{%- set localised = ref('int_usage_events_localised') %}
{%- set unioned = ref('int_usage_events_unioned') %}
{%- set measures = ['events', 'input_tokens', 'output_tokens', 'given_credits', 'cost_usd'] %}

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

expected as (
    select
        tenant_id,
        count(*) as events,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(coalesce(credits, input_credits + output_credits)) as given_credits,
        sum(cost_usd) as cost_usd
    from live
    group by tenant_id
),

found as (
    select
        tenant_id,
        count(*) as events,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(credits) filter (where is_credits_given) as given_credits,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_events_rated') }}
    group by tenant_id
)

{{ differing_totals('expected', 'found', 'int_usage_events_rated', measures) }}
