{{ config(materialized='ephemeral') }}

with tenants as (
    select * from {{ ref('mart_tenant_daily') }}
),

items as (
    select * from {{ ref('mart_item_daily') }}
),

names as (
    select * from {{ ref('dim_items') }}
),

alerts as (
    select
        items.tenant_id, items.usage_date, 'runaway_item' as kind, 'item' as subject_type, items.item_id as subject_id,
        coalesce(names.item_name, items.item_id) as subject_name, items.credits as amount, tenants.credits as reference,
        items.runaway_severity as severity, items.runaway_excess as excess
    from items
    inner join tenants
        on items.tenant_id = tenants.tenant_id and items.usage_date = tenants.usage_date
    left join names
        on items.tenant_id = names.tenant_id and items.item_id = names.item_id
    where items.is_runaway
    union all
    select tenant_id, usage_date, 'high_usage_day', 'tenant', tenant_id, null, credits, null, null, null
    from tenants
    where is_high_usage_day
    {%- for name in ['unrated', 'uncosted'] %}
    union all
    select tenant_id, usage_date, '{{ name }}_requests', 'tenant', tenant_id, null, {{ name }}_requests, requests, null, null
    from tenants
    where {{ name }}_requests > 0
    {%- endfor %}
)

select * from alerts
