{{ config(materialized='table') }}

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

named as (
    select tenant_id, usage_date as local_date from costs
    union
    select tenant_id, entry_date as local_date from billing
    union
    select tenant_id, least(expires_on, date '9999-12-30') as local_date from lots where expires_on is not null
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

-- Zones are applied from UTC to local only. Where the offset at midnight UTC is the one at local midnight, that is the answer …
guessed as (
    select
        timezone,
        local_date,
        cast(local_date as timestamp)
            - ({{ local_timestamp('cast(local_date as timestamp)', 'timezone') }} - cast(local_date as timestamp)) as guess
    from wanted
),

judged as (
    select
        *,
        {{ local_timestamp('guess', 'timezone') }} = cast(local_date as timestamp)
            and {{ local_timestamp("guess - interval '1' second", 'timezone') }} < cast(local_date as timestamp) as is_start
    from guessed
),

-- … else the date begins at the first quarter of an hour, of the 15 hours before midnight UTC and after it, that it is there.
quarters as (
    select {{ days_between("date '2000-01-01'", 'days.day') }} - 60 as quarter
    from (select {{ dates_between("date '2000-01-01'", "date '2000-04-30'") }} as day) as days
),

tried as (
    select
        judged.timezone,
        judged.local_date,
        cast(judged.local_date as timestamp) + quarters.quarter * interval '15' minute as instant
    from judged
    cross join quarters
    where not judged.is_start
),

starts as (
    select timezone, local_date, guess as starts_at from judged where is_start
    union all
    select timezone, local_date, min(instant) as starts_at
    from tried
    where {{ local_timestamp('instant', 'timezone') }} >= cast(local_date as timestamp)
    group by timezone, local_date
),

bounds as (
    select starts.timezone, starts.local_date, starts.starts_at, following.starts_at as ends_at
    from starts
    inner join starts as following
        on starts.timezone = following.timezone
        and {{ date_minus('starts.local_date', -1) }} = following.local_date
)

select * from bounds
