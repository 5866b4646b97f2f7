{{ config(materialized='ephemeral') }}
{%- set sources = [
    ref('stg_native__usage_events_superseded'),
    ref('stg_litellm__spend_logs_superseded'),
] -%}

with unioned as (
    {%- for source in sources %}
    {{ 'union all' if not loop.first }}
    select * from {{ source }}
    {%- endfor %}
)

select * from unioned
