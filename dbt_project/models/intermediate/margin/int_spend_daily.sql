{{ config(materialized='tallybook_table') }}

with revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- What a model's use earned the publisher is what it cost the tenant.
spent as (
    select
        revenues.tenant_id,
        revenues.usage_date,
        revenues.model_id,
        revenues.currency,
        cast(round(sum(revenues.revenue), 6) as decimal(38, 6)) as spend,
        case
            when count(*) = count(revenues.revenue_usd) then cast(round(sum(revenues.revenue_usd), 6) as decimal(38, 6))
        end as spend_usd,
        cast(sum(revenues.unpaid_credits) + sum(revenues.unpriced_credits) as decimal(38, 6)) as unknown_credits,
        {%- for edge in ['min', 'max'] %}
        {{ edge }}(revenues.usd_per_unit) filter (where revenues.revenue <> 0) as {{ edge }}_usd_per_unit,
        {{ edge }}(revenues.rate_date) filter (where revenues.revenue <> 0) as {{ edge }}_rate_date{{ ',' if not loop.last }}
        {%- endfor %}
    from revenues
    inner join as_of
        on revenues.tenant_id = as_of.tenant_id
        and revenues.usage_date <= as_of.as_of_date
    group by revenues.tenant_id, revenues.usage_date, revenues.model_id, revenues.currency
)

select * from spent
