-- Tenants whose daily facts, in the parts of this run, are not what the rated events add up to. The hourly facts are held
-- against the daily ones.
{%- set parts = changed_parts() %}

with expected as (
    select
        tenant_id, count(*) as events, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
        sum(input_credits) as input_credits, sum(credits) as credits, sum(cost_usd) as cost_usd
    from {{ ref('int_usage_events_rated') }}
    group by tenant_id
),

built as (
    select *
    from {{ ref('fct_usage_daily') }} as facts
    {%- if not is_full_build() %}
    where exists (
        select 1
        from {{ parts }} as parts
        where facts.tenant_id = parts.tenant_id and facts.usage_date = parts.usage_date
    )
    {%- endif %}
),

found as (
    {{ totals_by_tenant('built') | indent(4) }}
)

{{ differing_totals('expected', 'found', 'fct_usage_daily') }}
