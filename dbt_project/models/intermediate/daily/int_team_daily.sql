with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

daily as (
    select
        tenant_id,
        team_id,
        usage_date,
        {{ sum_measures() | indent(8) }},
        count(distinct nullif(user_id, '(none)')) as active_users
    from facts
    group by tenant_id, team_id, usage_date
),

shared as (
    select
        *,
        {{ ratio('credits', 'sum(credits) over (partition by tenant_id, usage_date)') }} as credits_share
    from daily
)

select * from shared
