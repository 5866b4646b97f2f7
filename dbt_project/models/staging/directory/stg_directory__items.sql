with source as (
    select * from {{ source('lake', 'directory_items') }}
),

renamed as (
    select
        tenant_id,
        item_id,
        item_type,
        item_name,
        created_by,
        created_at,
        retired_at
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'created_by') | indent(4) }}
)

select * from named
