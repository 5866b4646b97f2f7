with files as (
    select * from {{ ref('stg_landing__files') }}
),

landed as (
    select source, file, landing_date, file_version from files
)

select * from landed
