with daily as (
    select * from {{ ref('int_item_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

items as (
    select * from {{ ref('dim_items') }}
),

runaways as (
    select * from {{ ref('int_runaway_item_days') }}
),

shown as (
    select
        daily.tenant_id,
        daily.item_id,
        daily.usage_date,
        {{ measures_of('daily') | indent(8) }},
        coalesce(items.item_type, '(none)') as item_type,
        runaways.item_id is not null as is_runaway,
        runaways.excess as runaway_excess,
        runaways.severity as runaway_severity
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
    left join items
        on daily.tenant_id = items.tenant_id
        and daily.item_id = items.item_id
    left join runaways
        on daily.tenant_id = runaways.tenant_id
        and daily.item_id = runaways.item_id
        and daily.usage_date = runaways.usage_date
)

select * from shown
