with source as (
    select * from {{ source('lake', 'job_runs') }}
),

renamed as (
    select
        ---------- ids
        source,
        tenant_id,
        job_run_id,
        job_id,
        ---------- what happened
        job_name,
        job_type,
        status,
        error_message,
        ---------- numerics
        quantity,
        unit_price_credits,
        credits,
        ---------- times
        started_at,
        ended_at,
        event_date,
        ---------- where it came from
        file_id
    from source
)

select * from renamed
