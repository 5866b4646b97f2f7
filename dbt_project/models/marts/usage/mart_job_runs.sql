{{ config(materialized='tallybook_table') }}

with runs as (
    select * from {{ ref('int_job_runs_rated') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        runs.tenant_id,
        runs.job_run_id,
        runs.usage_date,
        runs.job_id,
        runs.job_name,
        runs.job_type,
        runs.status,
        runs.started_at,
        runs.started_local_at,
        runs.ended_at,
        cast(case when runs.ended_at is not null then runs.seconds end as decimal(38, 6)) as seconds,
        runs.credits,
        runs.error_message
    from runs
    inner join as_of
        on runs.tenant_id = as_of.tenant_id
        and runs.usage_date <= as_of.as_of_date
)

select * from shown
