with directory as (
    select * from {{ ref('stg_directory__items') }}
),

named as (
    select distinct tenant_id, item_id
    from {{ ref('int_item_daily') }}
    where item_id <> '(none)'
),

items as (
    select
        tenant_id,
        item_id,
        item_type,
        item_name,
        created_by,
        created_at,
        retired_at,
        false as is_inferred
    from directory
    union all
    select
        named.tenant_id,
        named.item_id,
        null as item_type,
        named.item_id as item_name,
        null as created_by,
        null as created_at,
        null as retired_at,
        true as is_inferred
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
        and named.item_id = directory.item_id
    where directory.item_id is null
)

select * from items
