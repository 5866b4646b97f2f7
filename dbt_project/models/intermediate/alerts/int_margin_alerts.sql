{{ config(materialized='ephemeral') }}

with margins as (
    select * from {{ ref('mart_margin_monthly') }}
),

revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- A month is judged once it is over: costs and revenue of a running one are no match yet.
months as (
    select
        margins.tenant_id,
        {{ last_of_month("cast(margins.month || '-01' as date)") }} as usage_date,
        count(*) as models,
        count(*) - count(margins.margin_usd) as unknown_models,
        case when count(*) = count(margins.margin_usd_at_most) then sum(margins.margin_usd_at_most) end as margin_usd_at_most,
        sum(margins.revenue_usd) as revenue_usd
    from margins
    inner join as_of
        on margins.tenant_id = as_of.tenant_id
        and {{ last_of_month("cast(margins.month || '-01' as date)") }} <= as_of.as_of_date
    group by margins.tenant_id, margins.month
),

unconverted as (
    select revenues.tenant_id, revenues.usage_date, revenues.currency, sum(revenues.revenue) as revenue
    from revenues
    inner join as_of
        on revenues.tenant_id = as_of.tenant_id
        and revenues.usage_date <= as_of.as_of_date
    where revenues.revenue <> 0 and revenues.revenue_usd is null
    group by revenues.tenant_id, revenues.usage_date, revenues.currency
),

alerts as (
    select
        tenant_id, usage_date, 'margin_negative' as kind, 'tenant' as subject_type, tenant_id as subject_id,
        cast(null as varchar) as subject_name, - margin_usd_at_most as amount, revenue_usd as reference, 'USD' as currency
    from months
    where margin_usd_at_most < 0
    union all
    select tenant_id, usage_date, 'margin_unknown', 'tenant', tenant_id, null, unknown_models, models, null
    from months
    where unknown_models > 0
    union all
    select
        tenant_id, usage_date, 'rate_missing', 'currency', currency, currency,
        cast(round(revenue, 6) as decimal(38, 6)), null, currency
    from unconverted
)

select * from alerts
