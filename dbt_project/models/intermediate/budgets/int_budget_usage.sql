{{ config(materialized='tallybook_table') }}
{%- set grain = 'tenant_id, scope, scope_id' %}

with scopes as (
    select distinct tenant_id, scope, scope_id from {{ ref('int_budget_months') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

usage as (
    select tenant_id, 'tenant' as scope, tenant_id as scope_id, usage_date, credits from {{ ref('int_tenant_daily') }}
    union all
    select tenant_id, 'team' as scope, team_id as scope_id, usage_date, credits from {{ ref('int_team_daily') }}
    union all
    select tenant_id, 'user' as scope, user_id as scope_id, usage_date, credits from {{ ref('int_user_daily') }}
    union all
    select tenant_id, 'project' as scope, project_id as scope_id, usage_date, credits from {{ ref('int_project_daily') }}
),

budgeted as (
    select usage.tenant_id, usage.scope, usage.scope_id, usage.usage_date, usage.credits, as_of.as_of_date
    from usage
    inner join scopes
        on usage.tenant_id = scopes.tenant_id
        and usage.scope = scopes.scope
        and usage.scope_id = scopes.scope_id
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
),

spine as (
    select {{ grain }}, {{ dates_between('min(usage_date)', 'min(as_of_date)') }} as usage_date
    from budgeted
    group by {{ grain }}
),

daily as (
    select
        spine.*,
        {{ days_between("date '1970-01-05'", 'spine.usage_date') }} % 7 as weekday,
        cast(coalesce(budgeted.credits, 0) as decimal(38, 6)) as credits
    from spine
    left join budgeted
        on spine.tenant_id = budgeted.tenant_id
        and spine.scope = budgeted.scope
        and spine.scope_id = budgeted.scope_id
        and spine.usage_date = budgeted.usage_date
)

select * from daily
