{{ config(materialized='tallybook_table') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

jobs as (
    select * from {{ ref('mart_job_daily') }}
),

late_spend as (
    select * from {{ ref('mart_closing_adjustments') }}
    where kind in ('usage', 'job') and credits > 0
),

flows as (
    select
        tenant_id,
        entry_date as usage_date,
        case when credits < 0 then 'out' else 'in' end as direction,
        kind,
        abs(credits) as credits
    from billing
    where {{ moves_credits('kind') }}
    union all
    select tenant_id, usage_date, 'out' as direction, 'usage' as kind, credits from usage
    union all
    select tenant_id, usage_date, 'out' as direction, 'jobs' as kind, credits from jobs
    union all
    select
        tenant_id,
        posted_on as usage_date,
        'out' as direction,
        case kind when 'usage' then 'late_usage' else 'late_jobs' end as kind,
        credits
    from late_spend
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
