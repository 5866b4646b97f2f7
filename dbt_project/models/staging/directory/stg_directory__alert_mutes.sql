with source as (
    select * from {{ source('lake', 'directory_alert_mutes') }}
),

renamed as (
    select
        tenant_id,
        kind,
        subject_type,
        subject_id,
        muted_from,
        muted_until,
        muted_by,
        note
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'subject_id', only="given.subject_type = 'user'") | indent(4) }}
)

select * from named
