with directory as (
    select * from {{ ref('stg_directory__teams') }}
),

named as (
    select distinct tenant_id, team_id
    from {{ ref('int_team_daily') }}
    where team_id <> '(none)'
),

teams as (
    select
        tenant_id,
        team_id,
        team_name,
        department,
        false as is_inferred
    from directory
    union all
    select
        named.tenant_id,
        named.team_id,
        named.team_id as team_name,
        null as department,
        true as is_inferred
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
        and named.team_id = directory.team_id
    where directory.team_id is null
)

select * from teams
