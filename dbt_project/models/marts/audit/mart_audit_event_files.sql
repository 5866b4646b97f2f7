with files as (
    select * from {{ ref('stg_landing__files') }}
),

usage_events as (
    select * from {{ ref('int_usage_events_localised') }}
),

all_usage_events as (
    select * from {{ ref('int_usage_events_unioned') }}
),

superseded as (
    select * from {{ ref('int_usage_events_superseded') }}
),

billing as (
    select * from {{ ref('stg_native__billing_events') }}
),

job_runs as (
    select * from {{ ref('stg_native__job_runs') }}
),

-- What took the place of another version changes the date of that one, too.
traced as (
    select 'usage' as origin, tenant_id, event_date, cast(local_at as date) as usage_date, file_id from usage_events
    union all
    select 'billing', tenant_id, event_date, cast(null as date), file_id from billing
    union all
    select 'jobs', tenant_id, event_date, cast(null as date), file_id from job_runs
    union all
    select 'superseding', superseded.tenant_id, cast(superseded.occurred_at as date), cast(null as date), all_usage_events.file_id
    from superseded
    inner join all_usage_events
        on superseded.source = all_usage_events.source
        and superseded.tenant_id = all_usage_events.tenant_id
        and superseded.event_id = all_usage_events.event_id
),

named as (
    select
        traced.origin,
        traced.tenant_id,
        traced.event_date,
        traced.usage_date,
        files.file_version
    from traced
    inner join files
        on traced.file_id = files.file_id
)

select * from named
