{{ config(meta={'closed_by': none}) }}
{#- Stands on what is kept of closed months. A forgotten person's names, spelled in several ways, become one type: hence the sum. -#}

with daily as (
    select * from {{ ref('int_error_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        daily.tenant_id,
        daily.usage_date,
        daily.error_type,
        daily.model_id,
        daily.item_id,
        cast(sum(daily.errors) as bigint) as errors,
        max(daily.requests) as requests
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
    group by daily.tenant_id, daily.usage_date, daily.error_type, daily.model_id, daily.item_id
)

select * from shown
