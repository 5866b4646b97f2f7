with files as (
    select * from {{ ref('stg_native__files') }}
),

directory as (
    select * from {{ source('lake', 'directory_files') }}
),

landed as (
    select source, file, landing_date, file_version from files
    union all
    select 'directory', path, cast(null as date), path || ' ' || left(sha256, 12) from directory
)

select * from landed
