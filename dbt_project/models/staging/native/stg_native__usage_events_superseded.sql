with source as (
    select * from {{ source('lake', 'usage_events_aside') }}
),

files as (
    select * from {{ source('lake', 'files') }}
),

held_dates as (
    select * from {{ source('lake', 'held_dates') }}
),

superseded as (
    select
        ---------- which version of what
        source.source,
        source.tenant_id,
        source.event_id,
        source.revision,
        source.landing_date,
        files.path as file,
        source.line_no,
        ---------- what it said
        source.environment,
        source.event_type,
        source.status,
        source.model_id,
        source.input_tokens,
        source.output_tokens,
        source.credits,
        source.input_credits,
        source.output_credits,
        source.occurred_at
    from source
    inner join files
        on source.file_id = files.file_id
    left join held_dates
        on source.landing_date = held_dates.landing_date
    where held_dates.landing_date is null
)

select * from superseded
