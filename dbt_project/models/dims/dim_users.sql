with directory as (
    select * from {{ ref('stg_directory__users') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

named as (
    select distinct tenant_id, user_id
    from {{ ref('int_user_daily') }}
    where user_id <> '(none)'
),

users as (
    select
        directory.tenant_id,
        directory.user_id,
        directory.user_name,
        directory.email,
        directory.team_id,
        directory.role,
        directory.signed_up_at,
        {{ local_date('directory.signed_up_at', 'zone_days') }} as signed_up_on,
        false as is_inferred
    from directory
    left join tenants
        on directory.tenant_id = tenants.tenant_id
    left join zone_days
        on {{ is_zone_day('zone_days', 'tenants.timezone', 'directory.signed_up_at') }}
    union all
    select
        named.tenant_id,
        named.user_id,
        named.user_id as user_name,
        null as email,
        null as team_id,
        null as role,
        null as signed_up_at,
        null as signed_up_on,
        true as is_inferred
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
        and named.user_id = directory.user_id
    where directory.user_id is null
)

select * from users
