with daily as (
    select * from {{ ref('int_team_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        daily.tenant_id,
        daily.team_id,
        daily.usage_date,
        {{ measures_of('daily') | indent(8) }},
        daily.active_users,
        daily.credits_share
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
)

select * from shown
