with hourly as (
    select * from {{ ref('int_tenant_hourly') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        hourly.tenant_id,
        hourly.usage_date,
        hourly.local_hour,
        hourly.requests,
        hourly.credits
    from hourly
    inner join as_of
        on hourly.tenant_id = as_of.tenant_id
        and hourly.usage_date <= as_of.as_of_date
)

select * from shown
