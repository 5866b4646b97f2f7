with days as (
    select
        tenant_id,
        user_id,
        usage_date,
        lead(usage_date) over (partition by tenant_id, user_id order by usage_date) as next_date
    from {{ ref('int_user_daily') }}
    where user_id <> '(none)'
),

tenants as (
    select tenant_id, usage_date, active_users from {{ ref('mart_tenant_daily') }}
),

-- Each date of a user counts them in from then on, until they are out of sight or counted in again.
moves as (
    select tenant_id, usage_date, 1 as weekly, 1 as monthly
    from days
    union all
    select tenant_id, least(next_date, {{ date_minus('usage_date', -7) }}) as usage_date, -1 as weekly, 0 as monthly
    from days
    union all
    select tenant_id, least(next_date, {{ date_minus('usage_date', -28) }}) as usage_date, 0 as weekly, -1 as monthly
    from days
),

moved as (
    select tenant_id, usage_date, sum(weekly) as weekly, sum(monthly) as monthly
    from moves
    group by tenant_id, usage_date
),

active as (
    select
        tenants.tenant_id,
        tenants.usage_date,
        tenants.active_users as daily_users,
        cast(sum(coalesce(moved.weekly, 0)) over so_far as bigint) as weekly_users,
        cast(sum(coalesce(moved.monthly, 0)) over so_far as bigint) as monthly_users,
        cast(sum(tenants.active_users) over four_weeks as bigint) as user_days
    from tenants
    left join moved
        on tenants.tenant_id = moved.tenant_id
        and tenants.usage_date = moved.usage_date
    window
        so_far as (
            partition by tenants.tenant_id order by tenants.usage_date
            rows between unbounded preceding and current row
        ),
        four_weeks as (
            partition by tenants.tenant_id order by tenants.usage_date rows between 27 preceding and current row
        )
),

shown as (
    select *, {{ ratio('cast(user_days as double) / 28', 'monthly_users') }} as stickiness
    from active
)

select * from shown
