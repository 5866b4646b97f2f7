{{ config(materialized='tallybook_table') }}

with runs as (
    select * from {{ ref('int_job_runs_rated') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select runs.*
    from runs
    inner join as_of
        on runs.tenant_id = as_of.tenant_id
        and runs.usage_date <= as_of.as_of_date
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, job_id, usage_date order by started_at desc, job_run_id desc
        ) as place,
        row_number() over (
            partition by tenant_id, job_id, usage_date, status order by started_at desc, job_run_id desc
        ) as place_in_status
    from shown
),

daily as (
    select
        tenant_id,
        job_id,
        usage_date,
        max(job_type) filter (where place = 1) as job_type,
        count(*) as runs,
        count(*) filter (where status = 'error') as errors,
        count(*) filter (where status = 'running') as running,
        cast(sum(seconds) as decimal(38, 6)) as seconds,
        cast(sum(credits) as decimal(38, 6)) as credits,
        max(error_message) filter (where status = 'error' and place_in_status = 1) as last_error
    from ranked
    group by tenant_id, job_id, usage_date
)

select * from daily
