-- Tenants whose facts, in the parts of this run, are not what the rated events add up to.
{%- set parts = changed_parts() %}

with expected as (
    select tenant_id, count(*) as events, {{ usage_measures() | indent(4) }}
    from {{ ref('int_usage_events_rated') }}
    group by tenant_id
),

{%- for fact in ['fct_usage_daily', 'fct_usage_hourly'] %}

{{ fact }}_parts as (
    select *
    from {{ ref(fact) }} as facts
    {%- if not is_full_build() %}
    where exists (
        select 1
        from {{ parts }} as parts
        where facts.tenant_id = parts.tenant_id and facts.usage_date = parts.usage_date
    )
    {%- endif %}
),

{{ fact }}_totals as (
    {{ totals_by_tenant(fact ~ '_parts') | indent(4) }}
){{ ',' if not loop.last }}
{%- endfor %}

{{ differing_totals('expected', 'fct_usage_daily_totals', ['events'] + measures(), 'fct_usage_daily') }}
union all
{{ differing_totals('expected', 'fct_usage_hourly_totals', ['events'] + measures(), 'fct_usage_hourly') }}
