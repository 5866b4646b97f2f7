with budgets as (
    select * from {{ ref('stg_directory__budgets') }}
),

projects as (
    select distinct tenant_id, project_id from {{ ref('int_project_daily') }}
),

-- Everybody that a budget can be set aside for.
scopes as (
    select tenant_id, 'tenant' as scope, tenant_id as scope_id, tenant_name as scope_name from {{ ref('dim_tenants') }}
    union all
    select tenant_id, 'team' as scope, team_id as scope_id, team_name as scope_name from {{ ref('dim_teams') }}
    union all
    select tenant_id, 'user' as scope, user_id as scope_id, user_name as scope_name from {{ ref('dim_users') }}
    union all
    select tenant_id, 'project' as scope, project_id as scope_id, project_id as scope_name from projects
),

named as (
    select
        budgets.tenant_id,
        budgets.scope,
        budgets.scope_id,
        budgets.month,
        coalesce(scopes.scope_name, budgets.scope_id) as scope_name,
        cast(budgets.credits as decimal(38, 6)) as credits,
        scopes.scope_id is not null or budgets.scope_id = '(none)' as is_known_scope
    from budgets
    left join scopes
        on budgets.tenant_id = scopes.tenant_id
        and budgets.scope = scopes.scope
        and budgets.scope_id = scopes.scope_id
)

select * from named
