with directory as (
    select * from {{ ref('stg_directory__items') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

named as (
    select distinct tenant_id, item_id
    from {{ ref('int_item_daily') }}
    where item_id <> '(none)'
),

items as (
    select
        directory.tenant_id,
        directory.item_id,
        directory.item_type,
        directory.item_name,
        directory.created_by,
        directory.created_at,
        {{ local_date('directory.created_at', 'creation') }} as created_on,
        directory.retired_at,
        {{ local_date('directory.retired_at', 'retirement') }} as retired_on,
        false as is_inferred
    from directory
    left join tenants
        on directory.tenant_id = tenants.tenant_id
    left join zone_days as creation
        on {{ is_zone_day('creation', 'tenants.timezone', 'directory.created_at') }}
    left join zone_days as retirement
        on {{ is_zone_day('retirement', 'tenants.timezone', 'directory.retired_at') }}
    union all
    select
        named.tenant_id,
        named.item_id,
        null as item_type,
        named.item_id as item_name,
        null as created_by,
        null as created_at,
        null as created_on,
        null as retired_at,
        null as retired_on,
        true as is_inferred
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
        and named.item_id = directory.item_id
    where directory.item_id is null
)

select * from items
