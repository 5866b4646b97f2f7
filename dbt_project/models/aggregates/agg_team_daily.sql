with facts as (
    {{ rows_to_build(ref('fct_usage_daily')) }}
),

by_user as (
    select
        tenant_id,
        team_id,
        usage_date,
        user_id,
        {{ sum_measures() | indent(8) }}
    from facts
    group by tenant_id, team_id, usage_date, user_id
),

daily as (
    select
        tenant_id,
        team_id,
        usage_date,
        {{ sum_measures() | indent(8) }},
        count(*) filter (where user_id <> '(none)') as active_users
    from by_user
    group by tenant_id, team_id, usage_date
),

shared as (
    select
        *,
        {{ ratio('credits', 'sum(credits) over (partition by tenant_id, usage_date)') }} as credits_share
    from daily
)

select * from shared
