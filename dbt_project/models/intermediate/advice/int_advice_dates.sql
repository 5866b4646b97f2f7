{{ config(materialized='ephemeral') }}

with as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

firsts as (
    select tenant_id, min(usage_date) as first_usage_date
    from {{ ref('int_tenant_daily') }}
    group by tenant_id
),

spine as (
    select
        as_of.tenant_id,
        as_of.timezone,
        as_of.as_of_date,
        min(as_of.as_of_date) over () as as_of_date_of_all,
        firsts.first_usage_date,
        {{ dates_between('firsts.first_usage_date', 'as_of.as_of_date') }} as as_of
    from as_of
    inner join firsts
        on as_of.tenant_id = firsts.tenant_id
        and as_of.as_of_date >= firsts.first_usage_date
),

-- The dates on which a week's or a month's report ends, the running ones included.
dates as (
    select
        tenant_id,
        timezone,
        first_usage_date,
        as_of,
        {{ date_minus('as_of', var('advice_days') - 1) }} as first_date,
        {{ date_minus('as_of', var('advice_idle_days') - 1) }} as first_idle_date
    from spine
    where as_of in (as_of_date, as_of_date_of_all)
        or as_of = {{ last_of_month('as_of') }}
        or {{ iso_weekday('as_of') }} = 7
)

select * from dates
