{{ config(meta={'closed_by': none}) }}
{#- Stands on what is kept of closed months: who was active in them, and so who was first. -#}

with days as (
    select tenant_id, user_id, {{ month_name('usage_date') }} as month
    from {{ ref('mart_user_daily') }}
    where user_id <> '(none)'
),

tenant_days as (
    select tenant_id, {{ month_name('usage_date') }} as month from {{ ref('mart_tenant_daily') }}
),

active as (
    select tenant_id, user_id, month, min(month) over (partition by tenant_id, user_id) as cohort_month
    from days
    group by tenant_id, user_id, month
),

present as (
    select tenant_id, cohort_month, month, cast(count(*) as bigint) as active_users
    from active
    group by tenant_id, cohort_month, month
),

-- In the month of its first use everybody of a cohort is there.
cohorts as (
    select tenant_id, cohort_month, active_users as users
    from present
    where month = cohort_month
),

months as (
    select distinct tenant_id, month from tenant_days
),

retention as (
    select
        cohorts.tenant_id,
        cohorts.cohort_month,
        months.month,
        cohorts.users,
        coalesce(present.active_users, 0) as active_users,
        {{ ratio('coalesce(present.active_users, 0)', 'cohorts.users') }} as retention
    from cohorts
    inner join months
        on cohorts.tenant_id = months.tenant_id
        and cohorts.cohort_month <= months.month
    left join present
        on cohorts.tenant_id = present.tenant_id
        and cohorts.cohort_month = present.cohort_month
        and months.month = present.month
)

select * from retention
