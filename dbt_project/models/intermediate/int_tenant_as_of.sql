{{ config(materialized='table') }}

with directory as (
    select * from {{ ref('stg_directory__tenants') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

named as (
    select tenant_id from directory
    union
    select tenant_id from {{ ref('int_usage_events_unioned') }}
    union
    select tenant_id from {{ ref('stg_native__billing_events') }}
    union
    select tenant_id from {{ ref('stg_native__job_runs') }}
),

tenants as (
    select
        named.tenant_id,
        coalesce(directory.timezone, 'UTC') as timezone
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
),

-- The clock stands at the end of the last landing date; the local date it shows there is not complete yet.
complete as (
    select
        tenants.tenant_id,
        tenants.timezone,
        clock.last_wanted_date,
        clock.last_landing_date,
        {{ last_complete_date('clock.last_landing_date', 'tenants.timezone') }} as last_complete_date,
        clock.built_last_wanted_date,
        clock.built_last_landing_date,
        {{ last_complete_date('clock.built_last_landing_date', 'tenants.timezone') }} as built_last_complete_date
    from tenants
    cross join clock
),

as_of as (
    select
        tenant_id,
        timezone,
        least(last_wanted_date, last_landing_date, last_complete_date) as as_of_date,
        case
            when built_last_landing_date is not null
                then least(built_last_wanted_date, built_last_landing_date, built_last_complete_date)
        end as built_as_of_date
    from complete
)

select * from as_of
