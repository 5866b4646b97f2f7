{{ config(materialized='tallybook_table') }}

with tenants as (
    select tenant_id, timezone from {{ ref('stg_directory__tenants') }}
),

zones as (
    select timezone from tenants
    union
    select 'UTC' as timezone
),

-- By year, so that a date is compared with the few offsets of its year, and not with those of all time.
offsets as (
    select timezone, utc_from, utc_to, offset_seconds, {{ years_between('utc_from', 'utc_to') }} as utc_year
    from {{ source('lake', 'zone_offsets') }}
    where until_load_id is null
),

clock as (
    select * from {{ ref('int_clock') }}
),

-- What every zone needs: the dates of usage, of changes, of rates, and of the clock now and at the last build.
dates as (
    select event_date as utc_date from {{ ref('int_usage_events_unioned') }}
    union
    select cast({{ end_of_landing_date('landing_date') }} as date) as utc_date from {{ ref('int_usage_events_unioned') }}
    union
    select cast(occurred_at as date) as utc_date from {{ ref('int_usage_events_superseded') }}
    union
    select cast(event_hour as date) as utc_date from {{ source('lake', 'changes') }}
    union
    select cast(valid_from as date) as utc_date from {{ ref('stg_directory__rates') }}
    union
    select cast({{ end_of_landing_date('last_landing_date') }} as date) as utc_date from clock
    union
    select cast({{ end_of_landing_date('built_last_landing_date') }} as date) as utc_date from clock
),

-- What the zone of one tenant needs.
moments as (
    select tenant_id, occurred_at as moment from {{ ref('stg_native__billing_events') }}
    union all
    select tenant_id, started_at as moment from {{ ref('stg_native__job_runs') }}
    union all
    select tenant_id, signed_up_at as moment from {{ ref('stg_directory__users') }}
    union all
    select tenant_id, created_at as moment from {{ ref('stg_directory__items') }}
    union all
    select tenant_id, retired_at as moment from {{ ref('stg_directory__items') }}
    union all
    select tenant_id, completed_at as moment from {{ ref('stg_directory__trainings') }}
),

wanted as (
    select zones.timezone, dates.utc_date
    from zones
    cross join dates
    union
    select coalesce(tenants.timezone, 'UTC') as timezone, cast(moments.moment as date) as utc_date
    from moments
    left join tenants
        on moments.tenant_id = tenants.tenant_id
),

known as (
    select
        timezone,
        utc_date,
        cast(utc_date as timestamp) as midnight,
        cast({{ date_minus('utc_date', days_to_known_rules('utc_date')) }} as timestamp) as known_midnight
    from wanted
    where utc_date is not null
),

zone_days as (
    select
        known.timezone,
        known.utc_date,
        known.midnight + (greatest(offsets.utc_from, known.known_midnight) - known.known_midnight) as starts_at,
        known.midnight
            + (least(offsets.utc_to, known.known_midnight + interval '1' day) - known.known_midnight) as ends_at,
        offsets.offset_seconds * interval '1' second as utc_offset
    from known
    inner join offsets
        on known.timezone = offsets.timezone
        and extract(year from known.known_midnight) = offsets.utc_year
        and offsets.utc_from < known.known_midnight + interval '1' day
        and offsets.utc_to > known.known_midnight
)

select * from zone_days
