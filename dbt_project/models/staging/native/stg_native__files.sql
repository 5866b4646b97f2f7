with source as (
    select * from {{ source('lake', 'files') }}
),

renamed as (
    select
        file_id,
        source,
        path as file,
        landing_date,
        -- A file that changed is another version of itself.
        path || ' ' || left(sha256, 12) as file_version
    from source
)

select * from renamed
