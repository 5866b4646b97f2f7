with runs as (
    select * from {{ ref('stg_native__job_runs') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

rated as (
    select
        runs.tenant_id,
        runs.job_run_id,
        runs.job_id,
        runs.job_name,
        runs.job_type,
        runs.status,
        runs.error_message,
        runs.started_at,
        runs.ended_at,
        {{ local_timestamp('runs.started_at', 'zone_days') }} as started_local_at,
        {{ local_date('runs.started_at', 'zone_days') }} as usage_date,
        coalesce({{ seconds_between('runs.started_at', 'runs.ended_at') }}, 0) as seconds,
        cast(case
            when runs.credits is not null then runs.credits
            when runs.status = 'success'
                then coalesce(round(cast(runs.quantity as decimal(20, 6)) * runs.unit_price_credits, 6), 0)
            else 0
        end as decimal(38, 6)) as credits
    from runs
    inner join as_of
        on runs.tenant_id = as_of.tenant_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'runs.started_at') }}
)

select * from rated
