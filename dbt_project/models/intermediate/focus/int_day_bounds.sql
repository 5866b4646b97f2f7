{{ config(materialized='tallybook_table') }}

with as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

costs as (
    select * from {{ ref('int_ledger_costs') }}
),

usage as (
    select * from {{ ref('int_metered_daily') }}
),

charged as (
    select tenant_id, usage_date as local_date from usage
    union
    select tenant_id, usage_date as local_date from costs
    union
    select tenant_id, entry_date as local_date from billing
),

-- With the months that they are billed in.
named as (
    select tenant_id, local_date from charged
    union
    select tenant_id, cast(date_trunc('month', local_date) as date) as local_date from charged
    union
    select tenant_id, {{ date_minus(last_of_month('local_date'), -1) }} as local_date from charged
    union
    select tenant_id, least(expires_on, date '9999-12-30') as local_date from lots where expires_on is not null
),

offsets as (
    select timezone, utc_from, utc_to, offset_seconds
    from {{ source('lake', 'zone_offsets') }}
    where until_load_id is null
),

wanted as (
    select as_of.timezone, named.local_date
    from named
    inner join as_of
        on named.tenant_id = as_of.tenant_id
    union
    select as_of.timezone, {{ date_minus('named.local_date', -1) }} as local_date
    from named
    inner join as_of
        on named.tenant_id = as_of.tenant_id
),

known as (
    select
        timezone,
        local_date,
        {{ days_to_known_rules('local_date') }} as later_days,
        cast({{ date_minus('local_date', days_to_known_rules('local_date')) }} as timestamp) as midnight
    from wanted
),

-- Under each offset in force around midnight, when the clock first shows the date under it.
shown as (
    select
        known.timezone,
        known.local_date,
        known.later_days,
        offsets.utc_to,
        greatest(offsets.utc_from, known.midnight - offsets.offset_seconds * interval '1' second) as starts_at
    from known
    inner join offsets
        on known.timezone = offsets.timezone
        and offsets.utc_from < known.midnight + interval '2' day
        and offsets.utc_to > known.midnight - interval '2' day
),

starts as (
    select timezone, local_date, min(starts_at + later_days * interval '1' day) as starts_at
    from shown
    where starts_at < utc_to
    group by timezone, local_date
),

bounds as (
    select starts.timezone, starts.local_date, starts.starts_at, following.starts_at as ends_at
    from starts
    inner join starts as following
        on starts.timezone = following.timezone
        and {{ date_minus('starts.local_date', -1) }} = following.local_date
),

in_months as (
    select
        bounds.*,
        months.starts_at as month_starts_at,
        next_months.starts_at as month_ends_at
    from bounds
    left join starts as months
        on bounds.timezone = months.timezone
        and cast(date_trunc('month', bounds.local_date) as date) = months.local_date
    left join starts as next_months
        on bounds.timezone = next_months.timezone
        and {{ date_minus(last_of_month('bounds.local_date'), -1) }} = next_months.local_date
)

select * from in_months
