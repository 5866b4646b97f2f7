{{ config(materialized='table') }}

with tenants as (
    select distinct timezone from {{ ref('stg_directory__tenants') }}
    union
    select 'UTC' as timezone
),

changes as (
    select distinct cast(event_hour as date) as utc_date from {{ source('lake', 'changes') }}
),

events as (
    select distinct event_date as utc_date from {{ ref('int_usage_events_unioned') }}
),

dates as (
    select utc_date from changes
    union
    select utc_date from events
),

bounds as (
    select
        tenants.timezone,
        dates.utc_date,
        cast(dates.utc_date as timestamp) as starts_at,
        cast(dates.utc_date as timestamp) + interval '86399' second as ends_at
    from tenants
    cross join dates
),

offsets as (
    select
        timezone,
        utc_date,
        {{ local_timestamp('starts_at', 'timezone') }} - starts_at as offset_at_start,
        {{ local_timestamp('ends_at', 'timezone') }} - ends_at as offset_at_end
    from bounds
),

zone_days as (
    select
        timezone,
        utc_date,
        case when offset_at_start = offset_at_end then offset_at_start end as utc_offset
    from offsets
)

select * from zone_days
