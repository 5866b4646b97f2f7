with directory as (
    select * from {{ ref('stg_directory__users') }}
),

named as (
    select distinct tenant_id, user_id
    from {{ ref('int_user_daily') }}
    where user_id <> '(none)'
),

users as (
    select
        tenant_id,
        user_id,
        user_name,
        email,
        team_id,
        role,
        signed_up_at,
        false as is_inferred
    from directory
    union all
    select
        named.tenant_id,
        named.user_id,
        named.user_id as user_name,
        null as email,
        null as team_id,
        null as role,
        null as signed_up_at,
        true as is_inferred
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
        and named.user_id = directory.user_id
    where directory.user_id is null
)

select * from users
