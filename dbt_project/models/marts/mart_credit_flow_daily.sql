{{ config(materialized='table') }}

with billing as (
    select * from {{ ref('int_billing_flows') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

jobs as (
    select * from {{ ref('mart_job_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

flows as (
    select billing.tenant_id, billing.usage_date, billing.direction, billing.kind, billing.credits
    from billing
    inner join as_of
        on billing.tenant_id = as_of.tenant_id
        and billing.usage_date <= as_of.as_of_date
    union all
    select tenant_id, usage_date, 'out' as direction, 'usage' as kind, credits from usage
    union all
    select tenant_id, usage_date, 'out' as direction, 'jobs' as kind, credits from jobs
),

daily as (
    select
        tenant_id,
        usage_date,
        direction,
        kind,
        cast(sum(credits) as decimal(38, 6)) as credits
    from flows
    where credits > 0
    group by tenant_id, usage_date, direction, kind
)

select * from daily
