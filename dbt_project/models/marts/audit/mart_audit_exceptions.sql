with files as (
    select * from {{ source('audit', 'load_audit') }}
),

quarantine as (
    select * from {{ source('audit', 'quarantine') }}
),

drift as (
    select * from {{ source('audit', 'schema_drift') }}
),

waiting as (
    select * from {{ source('lake', 'waiting_changes') }}
),

exceptions as (
    select
        'held_back' as kind,
        cast(landing_date as varchar) as subject,
        source,
        landing_date,
        sum(quarantined) as amount,
        sum(rows_read) as reference
    from files
    where held_back
    group by landing_date, source
    union all
    select 'unreadable_file', quarantine.file, quarantine.source, files.landing_date, 1, null
    from quarantine
    inner join files
        on quarantine.file = files.file
    where quarantine.reason = 'unreadable_file'
    union all
    -- One call may be one file: of a date's files the first stands for all.
    select 'no_good_row', min(files.file), files.source, files.landing_date, count(*), null
    from files
    left join quarantine
        on files.file = quarantine.file
        and quarantine.reason = 'unreadable_file'
    where files.rows_read > 0 and files.quarantined = files.rows_read and quarantine.file is null
    group by files.source, files.landing_date
    union all
    select 'unknown_field', drift.field, drift.source, max(files.landing_date), count(*), null
    from drift
    left join files
        on drift.file = files.file
    group by drift.source, drift.field
    union all
    select 'waiting_change', file, 'directory', null, rows, null
    from waiting
),

counted as (
    select
        kind,
        source,
        subject,
        landing_date,
        cast(amount as bigint) as amount,
        cast(reference as bigint) as reference
    from exceptions
)

select * from counted
