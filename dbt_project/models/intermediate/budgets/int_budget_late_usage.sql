{{ config(materialized='ephemeral') }}

with scopes as (
    select distinct tenant_id, scope, scope_id from {{ ref('int_budget_months') }}
),

late as (
    select * from {{ ref('int_landed_late_daily') }}
),

by_scope as (
    select tenant_id, 'tenant' as scope, tenant_id as scope_id, usage_date, known_on, credits from late
    union all
    select tenant_id, 'team' as scope, team_id as scope_id, usage_date, known_on, credits from late
    union all
    select tenant_id, 'user' as scope, user_id as scope_id, usage_date, known_on, credits from late
    union all
    select tenant_id, 'project' as scope, project_id as scope_id, usage_date, known_on, credits from late
),

budgeted as (
    select
        by_scope.tenant_id,
        by_scope.scope,
        by_scope.scope_id,
        by_scope.usage_date,
        by_scope.known_on,
        cast(sum(by_scope.credits) as decimal(38, 6)) as credits
    from by_scope
    inner join scopes
        on by_scope.tenant_id = scopes.tenant_id
        and by_scope.scope = scopes.scope
        and by_scope.scope_id = scopes.scope_id
    group by by_scope.tenant_id, by_scope.scope, by_scope.scope_id, by_scope.usage_date, by_scope.known_on
)

select * from budgeted
