{#- A source of usage events joins by adding its staging model here; all have the columns of stg_native__usage_events. -#}
{%- set sources = [
    ref('stg_native__usage_events'),
    ref('stg_litellm__spend_logs'),
] -%}

with unioned as (
    {%- for source in sources %}
    {{ 'union all' if not loop.first }}
    select * from {{ source }}
    {%- endfor %}
)

select * from unioned
