{{ config(materialized='ephemeral') }}

with budgets as (
    select daily.*, status.scope_name, status.crossed_75_on, status.crossed_90_on, status.crossed_100_on
    from {{ ref('mart_budget_daily') }} as daily
    inner join {{ ref('mart_budget_status') }} as status
        on daily.tenant_id = status.tenant_id
        and daily.scope = status.scope
        and daily.scope_id = status.scope_id
        and daily.month = status.month
),

months as (
    select distinct tenant_id, month_start, month_end from {{ ref('int_budget_months') }}
),

tenants as (
    select * from {{ ref('mart_tenant_daily') }}
),

-- What was used in the month so far by those of whom budgets.csv has nothing for it.
unbudgeted as (
    select
        tenants.tenant_id,
        tenants.usage_date,
        sum(tenants.credits) over (
            partition by tenants.tenant_id, {{ month_name('tenants.usage_date') }} order by tenants.usage_date
            rows between unbounded preceding and current row
        ) as used
    from tenants
    left join months
        on tenants.tenant_id = months.tenant_id
        and tenants.usage_date between months.month_start and months.month_end
    where months.tenant_id is null
),

alerts as (
    select
        tenant_id, usage_date,
        case usage_date when crossed_100_on then 'budget_100' when crossed_90_on then 'budget_90' else 'budget_75' end as kind,
        scope as subject_type, scope_id as subject_id, scope_name as subject_name, used as amount, budget as reference
    from budgets
    where usage_date in (crossed_100_on, crossed_90_on, crossed_75_on)
    union all
    select
        tenant_id, usage_date, case status when 'over' then 'budget_over' else 'budget_at_risk' end,
        scope, scope_id, scope_name, case status when 'over' then used else projected end, budget
    from budgets
    where status = 'at_risk' or usage_date > crossed_100_on
    union all
    select tenant_id, usage_date, 'budget_missing', 'tenant', tenant_id, null, used, null
    from unbudgeted
    where used > 0
)

select * from alerts
