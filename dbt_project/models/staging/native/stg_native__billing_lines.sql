with source as (
    select * from {{ source('lake', 'billing_events') }}
),

files as (
    select * from {{ source('lake', 'files') }}
),

lines as (
    select
        source.tenant_id,
        source.billing_id,
        files.path as file,
        source.line_no as line
    from source
    inner join files
        on source.file_id = files.file_id
)

select * from lines
