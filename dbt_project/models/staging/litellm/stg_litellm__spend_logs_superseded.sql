with source as (
    select * from {{ source('lake', 'litellm_requests_aside') }}
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
        'live' as environment,
        'request' as event_type,
        {{ litellm_status() }} as status,
        {{ litellm_model() }} as model_id,
        source.prompt_tokens as input_tokens,
        source.completion_tokens as output_tokens,
        cast(null as decimal(18, 6)) as credits,
        cast(null as decimal(18, 6)) as input_credits,
        cast(null as decimal(18, 6)) as output_credits,
        source.occurred_at
    from source
    inner join files
        on source.file_id = files.file_id
    left join held_dates
        on source.landing_date = held_dates.landing_date
    where held_dates.landing_date is null
)

select * from superseded
