{{ config(materialized='ephemeral') }}

with tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

usage as (
    select tenant_id, min(usage_date) as first_date
    from {{ ref('int_tenant_daily') }}
    group by tenant_id
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

reach as (
    select
        usage.tenant_id,
        usage.first_date,
        as_of.as_of_date,
        case when tenants.next_billing_date is null then 'calendar_month' else 'next_billing_date' end as basis,
        coalesce(extract(day from tenants.next_billing_date), 1) as billing_day,
        -- The month before, in whose billing period the first dates may lie, and the one after, which ends the last.
        {{ date_minus("cast(date_trunc('month', usage.first_date) as date)", 31) }} as first_day,
        {{ date_minus(last_of_month('as_of.as_of_date'), -31) }} as last_day
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.first_date <= as_of.as_of_date
    left join tenants
        on usage.tenant_id = tenants.tenant_id
),

days as (
    select *, {{ dates_between('first_day', 'last_day') }} as day
    from reach
),

-- In a month without that day, the month's last one.
months as (
    select tenant_id, first_date, as_of_date, basis, day as starts_on
    from days
    where extract(day from day) = least(billing_day, extract(day from {{ last_of_month('day') }}))
)

select * from months
