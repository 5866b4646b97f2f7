with daily as (
    select * from {{ ref('mart_budget_daily') }}
),

scopes as (
    select distinct tenant_id, scope, scope_id, scope_name, is_known_scope from {{ ref('dim_budgets') }}
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
        scopes.scope_name,
        scopes.is_known_scope
    from ranked
    inner join crossings
        on ranked.tenant_id = crossings.tenant_id
        and ranked.scope = crossings.scope
        and ranked.scope_id = crossings.scope_id
        and ranked.month = crossings.month
    inner join scopes
        on ranked.tenant_id = scopes.tenant_id
        and ranked.scope = scopes.scope
        and ranked.scope_id = scopes.scope_id
    where ranked.place = 1
)

select * from status
