with daily as (
    select * from {{ ref('mart_budget_daily') }}
),

users as (
    select * from {{ ref('dim_users') }}
),

teams as (
    select * from {{ ref('dim_teams') }}
),

projects as (
    select distinct tenant_id, project_id from {{ ref('fct_usage_daily') }}
),

ranked as (
    select
        *,
        row_number() over (partition by tenant_id, scope, scope_id, month order by usage_date desc) as place
    from daily
),

crossings as (
    select
        tenant_id,
        scope,
        scope_id,
        month,
        {%- for pct in [75, 90, 100] %}
        min(usage_date) filter (where used * 100 >= budget * {{ pct }}) as crossed_{{ pct }}_on{{ ',' if not loop.last }}
        {%- endfor %}
    from daily
    group by tenant_id, scope, scope_id, month
),

status as (
    select
        ranked.tenant_id,
        ranked.scope,
        ranked.scope_id,
        ranked.month,
        ranked.budget,
        ranked.used,
        cast(ranked.budget - ranked.used as decimal(38, 6)) as remaining,
        ranked.used_pct,
        ranked.projected,
        ranked.projected_low,
        ranked.projected_high,
        ranked.status,
        crossings.crossed_75_on,
        crossings.crossed_90_on,
        crossings.crossed_100_on,
        ranked.scope = 'tenant'
            or users.user_id is not null
            or teams.team_id is not null
            or projects.project_id is not null as is_known_scope
    from ranked
    inner join crossings
        on ranked.tenant_id = crossings.tenant_id
        and ranked.scope = crossings.scope
        and ranked.scope_id = crossings.scope_id
        and ranked.month = crossings.month
    left join users
        on ranked.scope = 'user'
        and ranked.tenant_id = users.tenant_id
        and ranked.scope_id = users.user_id
    left join teams
        on ranked.scope = 'team'
        and ranked.tenant_id = teams.tenant_id
        and ranked.scope_id = teams.team_id
    left join projects
        on ranked.scope = 'project'
        and ranked.tenant_id = projects.tenant_id
        and ranked.scope_id = projects.project_id
    where ranked.place = 1
)

select * from status
