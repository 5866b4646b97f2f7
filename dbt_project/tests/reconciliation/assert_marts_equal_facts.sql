-- Tenants of which a mart does not show, up to the as-of date, what the facts hold up to then.
{%- set marts = [
    'mart_tenant_daily', 'mart_team_daily', 'mart_model_daily', 'mart_user_daily', 'mart_item_daily', 'mart_channel_daily',
    'mart_project_daily',
] %}

with shown as (
    select facts.*
    from {{ ref('fct_usage_daily') }} as facts
    left join {{ ref('int_tenant_as_of') }} as as_of
        on facts.tenant_id = as_of.tenant_id
    where facts.usage_date <= as_of.as_of_date or as_of.as_of_date is null
),

expected as (
    {{ totals_by_tenant('shown') | indent(4) }}
),

{%- for mart in marts %}

{{ mart }}_totals as (
    {{ totals_by_tenant(ref(mart)) | indent(4) }}
){{ ',' if not loop.last }}
{%- endfor %}

{%- for mart in marts %}
{{ 'union all' if not loop.first }}
{{ differing_totals('expected', mart ~ '_totals', mart) }}
{%- endfor %}
