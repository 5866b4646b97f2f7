with logs as (
    select * from {{ source('lake', 'files') }}
),

directory as (
    select * from {{ source('lake', 'directory_files') }}
),

landed as (
    select file_id, source, path as file, landing_date, sha256 from logs
    union all
    select cast(null as integer), 'directory', path, cast(null as date), sha256 from directory
),

versioned as (
    select
        file_id,
        source,
        file,
        landing_date,
        -- A file that changed is another version of itself.
        file || ' ' || left(sha256, 12) as file_version
    from landed
)

select * from versioned
