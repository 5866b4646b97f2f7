{{ config(materialized='table') }}

with usage as (
    select * from {{ ref('int_model_daily') }}
),

jobs as (
    select * from {{ ref('int_job_runs_rated') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

spent as (
    select
        tenant_id, usage_date, 'model' as demand_type, model_id as demand_id, requests + runs + calls as units, credits
    from usage
    union all
    select tenant_id, usage_date, 'job' as demand_type, job_id as demand_id, 1 as units, credits
    from jobs
),

daily as (
    select
        spent.tenant_id,
        spent.usage_date,
        spent.demand_type,
        spent.demand_id,
        cast(sum(spent.units) as bigint) as units,
        cast(sum(spent.credits) as decimal(38, 6)) as credits
    from spent
    inner join as_of
        on spent.tenant_id = as_of.tenant_id
        and spent.usage_date <= as_of.as_of_date
    where spent.credits > 0
    group by spent.tenant_id, spent.usage_date, spent.demand_type, spent.demand_id
)

select * from daily
