{{ config(materialized='tallybook_table') }}

with daily as (
    select * from {{ ref('int_tenant_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

high_usage_days as (
    select * from {{ ref('int_high_usage_days') }}
),

items as (
    select * from {{ ref('dim_items') }} where created_on is not null
),

firsts as (
    select tenant_id, min(usage_date) as first_usage_date
    from daily
    group by tenant_id
),

spine as (
    select
        firsts.tenant_id,
        {{ dates_between('firsts.first_usage_date', 'as_of.as_of_date') }} as usage_date
    from firsts
    inner join as_of
        on firsts.tenant_id = as_of.tenant_id
    where firsts.first_usage_date <= as_of.as_of_date
),

built as (
    select
        tenant_id,
        created_on as usage_date,
        count(*) as items_built,
        count(*) filter (where item_type = 'workflow') as workflows_built
    from items
    group by tenant_id, created_on
),

filled as (
    select
        spine.tenant_id,
        spine.usage_date,
        {{ measures_or_zero('daily') | indent(8) }},
        coalesce(daily.active_users, 0) as active_users,
        coalesce(daily.workflow_runs, 0) as workflow_runs,
        coalesce(built.items_built, 0) as items_built,
        coalesce(built.workflows_built, 0) as workflows_built,
        daily.peak_hour,
        high_usage_days.tenant_id is not null as is_high_usage_day
    from spine
    left join daily
        on spine.tenant_id = daily.tenant_id
        and spine.usage_date = daily.usage_date
    left join built
        on spine.tenant_id = built.tenant_id
        and spine.usage_date = built.usage_date
    left join high_usage_days
        on spine.tenant_id = high_usage_days.tenant_id
        and spine.usage_date = high_usage_days.usage_date
)

select * from filled
