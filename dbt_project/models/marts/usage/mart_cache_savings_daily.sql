{{ config(meta={'closed_by': none}) }}
{#- Stands on what is kept of closed months. -#}

with daily as (
    select * from {{ ref('int_cache_savings_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select daily.*
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
)

select * from shown
