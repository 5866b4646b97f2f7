{{ config(materialized='ephemeral') }}

with daily as (
    select * from {{ ref('int_budget_usage') }}
),

late as (
    select tenant_id, scope, scope_id, usage_date, min(known_on) as known_on, sum(credits) as credits
    from {{ ref('int_budget_late_usage') }}
    group by tenant_id, scope, scope_id, usage_date
),

-- A date was seen once anything of it had landed.
seen as (
    select
        daily.tenant_id,
        daily.scope,
        daily.scope_id,
        daily.usage_date,
        case when daily.credits <= late.credits then late.known_on else daily.usage_date end as seen_on
    from daily
    left join late
        on daily.tenant_id = late.tenant_id
        and daily.scope = late.scope
        and daily.scope_id = late.scope_id
        and daily.usage_date = late.usage_date
),

earliest as (
    select
        tenant_id,
        scope,
        scope_id,
        seen_on,
        min(min(usage_date)) over (
            partition by tenant_id, scope, scope_id order by seen_on rows between unbounded preceding and current row
        ) as first_known_date
    from seen
    group by tenant_id, scope, scope_id, seen_on
),

spans as (
    select
        tenant_id,
        scope,
        scope_id,
        first_known_date,
        min(seen_on) as from_date
    from earliest
    group by tenant_id, scope, scope_id, first_known_date
),

bounded as (
    select
        *,
        coalesce(
            lead(from_date) over (partition by tenant_id, scope, scope_id order by from_date), date '9999-12-31'
        ) as before_date
    from spans
)

select * from bounded
