{{ config(materialized='tallybook_table') }}

with directory as (
    select * from {{ ref('stg_directory__tenants') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

offsets_before as (
    select * from {{ ref('int_zone_offsets_before') }}
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

clocks as (
    select
        *,
        {{ end_of_landing_date('last_landing_date') }} as clock,
        {{ end_of_landing_date('built_last_landing_date') }} as built_clock
    from clock
),

-- The clock stands at the end of the last landing date; the local date it shows there is not complete yet.
complete as (
    select
        tenants.tenant_id,
        tenants.timezone,
        clocks.last_wanted_date,
        clocks.last_landing_date,
        {{ date_minus(local_date('clocks.clock', 'now'), 1) }} as last_complete_date,
        clocks.built_last_wanted_date,
        clocks.built_last_landing_date,
        {{ date_minus('cast(clocks.built_clock + coalesce(offsets_before.utc_offset, built.utc_offset) as date)', 1) }}
            as built_last_complete_date
    from tenants
    cross join clocks
    left join zone_days as now
        on {{ is_zone_day('now', 'tenants.timezone', 'clocks.clock') }}
    left join zone_days as built
        on {{ is_zone_day('built', 'tenants.timezone', 'clocks.built_clock') }}
    left join offsets_before
        on {{ is_zone_offset('offsets_before', 'tenants.timezone', 'clocks.built_clock') }}
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
