{{ config(materialized='tallybook_table') }}
{%- set tags = var('virtual_tags') %}

with usage as (
    select * from {{ ref('mart_usage_daily') }}
),

items as (
    select tenant_id, item_id, item_name from {{ ref('dim_items') }}
),

named as (
    select usage.*, coalesce(items.item_name, usage.item_id) as item_name
    from usage
    left join items
        on usage.tenant_id = items.tenant_id
        and usage.item_id = items.item_id
),

tagged as (
    {%- for tag in tags or [{'key': '', 'rules': []}] %}
    {{ 'union all' if not loop.first }}
    select
        named.tenant_id,
        named.usage_date,
        {{ text_of(tag.key) }} as tag_key,
        {{ virtual_value(tag, 'named') | indent(8) if tags else "'(none)'" }} as tag_value,
        {{ measures_of('named') | indent(8) }}
    from named
    {{ 'where false' if not tags }}
    {%- endfor %}
),

daily as (
    select
        tenant_id,
        usage_date,
        tag_key,
        tag_value,
        {{ sum_measures() | indent(8) }}
    from tagged
    group by tenant_id, usage_date, tag_key, tag_value
)

select * from daily
