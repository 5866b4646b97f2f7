{{ config(materialized='tallybook_table') }}

with budgets as (
    select * from {{ ref('stg_directory__budgets') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

usage as (
    select tenant_id, min(usage_date) as first_date
    from {{ ref('int_tenant_daily') }}
    group by tenant_id
),

reach as (
    select
        as_of.tenant_id,
        as_of.as_of_date,
        cast(date_trunc('month', least(coalesce(usage.first_date, as_of.as_of_date), as_of.as_of_date)) as date)
            as first_month,
        cast(date_trunc('month', as_of.as_of_date) as date) as last_month
    from as_of
    left join usage
        on as_of.tenant_id = usage.tenant_id
),

months as (
    select tenant_id, month_start
    from (select tenant_id, {{ dates_between('first_month', 'last_month') }} as month_start from reach) as dates
    where extract(day from month_start) = 1
),

of_one_month as (
    select tenant_id, scope, scope_id, cast(month || '-01' as date) as month_start, credits
    from budgets
    where month <> '*'
),

of_every_month as (
    select budgets.tenant_id, budgets.scope, budgets.scope_id, months.month_start, budgets.credits
    from budgets
    inner join months
        on budgets.tenant_id = months.tenant_id
    left join of_one_month
        on budgets.tenant_id = of_one_month.tenant_id
        and budgets.scope = of_one_month.scope
        and budgets.scope_id = of_one_month.scope_id
        and months.month_start = of_one_month.month_start
    where budgets.month = '*' and of_one_month.tenant_id is null
),

budgeted as (
    select * from of_one_month
    union all
    select * from of_every_month
),

shown as (
    select
        budgeted.tenant_id,
        budgeted.scope,
        budgeted.scope_id,
        budgeted.month_start,
        {{ last_of_month('budgeted.month_start') }} as month_end,
        least({{ last_of_month('budgeted.month_start') }}, reach.as_of_date) as last_date,
        cast(budgeted.credits as decimal(38, 6)) as budget
    from budgeted
    inner join reach
        on budgeted.tenant_id = reach.tenant_id
        and budgeted.month_start <= reach.last_month
)

select * from shown
