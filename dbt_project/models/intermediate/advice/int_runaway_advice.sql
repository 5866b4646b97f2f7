{{ config(materialized='ephemeral') }}

with dates as (
    select * from {{ ref('int_advice_dates') }}
),

item_usage as (
    select * from {{ ref('int_item_daily') }}
),

tenant_usage as (
    select * from {{ ref('int_tenant_daily') }}
),

runaways as (
    select * from {{ ref('int_runaway_item_days') }}
),

totals as (
    select dates.tenant_id, dates.as_of, sum(tenant_usage.credits) as credits
    from dates
    inner join tenant_usage
        on dates.tenant_id = tenant_usage.tenant_id and tenant_usage.usage_date between dates.first_date and dates.as_of
    group by dates.tenant_id, dates.as_of
),

runaway_items as (
    select
        dates.tenant_id, dates.as_of, dates.first_date, item_usage.item_id,
        count(runaways.item_id) as quantity,
        count(*) as quantity_of,
        sum(item_usage.credits) filter (where runaways.item_id is not null) as from_credits,
        sum(runaways.excess) as excess_credits
    from dates
    inner join totals on dates.tenant_id = totals.tenant_id and dates.as_of = totals.as_of
    inner join item_usage
        on dates.tenant_id = item_usage.tenant_id and item_usage.usage_date between dates.first_date and dates.as_of
    left join runaways
        on item_usage.tenant_id = runaways.tenant_id and item_usage.item_id = runaways.item_id
        and item_usage.usage_date = runaways.usage_date
    group by dates.tenant_id, dates.as_of, dates.first_date, item_usage.item_id, totals.credits
    having sum(item_usage.credits) filter (where runaways.item_id is not null)
        >= totals.credits * {{ var('advice_min_runaway_share') }}
)

select * from runaway_items
