{{ config(materialized='tallybook_table', meta={'closed_by': 'usage_date', 'ends_as_of': true}) }}

with usage as (
    select * from {{ ref('int_model_daily') }}
),

jobs as (
    select * from {{ ref('int_job_runs_rated') }}
),

adjustments as (
    select * from {{ ref('int_spend_adjustments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

spent as (
    select
        tenant_id, usage_date, 'model' as demand_type, model_id as demand_id, model_id as used_id, '(none)' as adjusted_month,
        requests + runs + calls as units, credits
    from usage
    union all
    select
        tenant_id, usage_date, 'job' as demand_type, job_id as demand_id, job_id as used_id, '(none)' as adjusted_month,
        1 as units, credits
    from jobs
    union all
    select
        tenant_id,
        posted_on as usage_date,
        case kind when 'usage' then 'late_model' else 'late_job' end as demand_type,
        {{ late_demand_id('month', 'demand_id') }} as demand_id,
        demand_id as used_id,
        month as adjusted_month,
        requests + runs + calls + job_runs as units,
        credits
    from adjustments
),

daily as (
    select
        spent.tenant_id,
        spent.usage_date,
        spent.demand_type,
        spent.demand_id,
        spent.used_id,
        spent.adjusted_month,
        cast(sum(spent.units) as bigint) as units,
        cast(sum(spent.credits) as decimal(38, 6)) as credits
    from spent
    inner join as_of
        on spent.tenant_id = as_of.tenant_id
        and spent.usage_date <= as_of.as_of_date
    where spent.credits > 0
    group by
        spent.tenant_id, spent.usage_date, spent.demand_type, spent.demand_id, spent.used_id, spent.adjusted_month
)

select * from daily
