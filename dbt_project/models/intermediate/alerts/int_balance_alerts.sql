{{ config(materialized='ephemeral') }}
{#- From so many dates on there is a recent spend to go by. -#}
{%- set fewest_days = 7 %}

with balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

flows as (
    select * from {{ ref('mart_credit_flow_daily') }}
),

expiring as (
    select * from {{ ref('int_ledger_expiring_lots') }}
),

tenants as (
    select * from {{ ref('dim_tenants') }}
),

daily as (
    select
        tenant_id,
        usage_date,
        sum(closing) filter (where pool <> 'overdraft') as credits,
        sum(closing) filter (where pool = 'overdraft') as owed,
        sum(spent) as spent,
        sum(granted) as granted
    from balance
    group by tenant_id, usage_date
),

recent as (
    select
        *,
        cast(sum(spent) over four_weeks as decimal(38, 6)) as spent_lately,
        count(*) over four_weeks as days,
        sum(granted) over (
            partition by tenant_id order by usage_date rows between unbounded preceding and current row
        ) as ever_granted
    from daily
    window four_weeks as (partition by tenant_id order by usage_date rows between 27 preceding and current row)
),

lasting as (
    select
        recent.*,
        {{ share_of_amount('spent_lately', 1, 'days') }} as spent_a_day,
        {{ share_of_amount('cast(credits as decimal(38, 6))', '(1000000 * days)', whole_millionths('spent_lately')) }} as days_left
    from recent
    inner join tenants
        on recent.tenant_id = tenants.tenant_id
    where tenants.billing_mode = 'prepaid' and ever_granted > 0 and owed = 0 and days >= {{ fewest_days }} and spent_lately > 0
),

alerts as (
    select
        tenant_id, usage_date, 'overdraft' as kind, 'pool' as subject_type, pool as subject_id, pool as subject_name,
        - closing as amount, null as reference, cast(null as date) as happens_on
    from balance
    -- What is used on account is no overdraft that anybody has to act on.
    where closing < 0 and tenant_id not in (select tenants.tenant_id from tenants where tenants.billing_mode = 'postpaid')
    union all
    select tenant_id, usage_date, 'credits_expired', 'pool', pool, pool, expired, null, null
    from balance
    where expired > 0
    union all
    select tenant_id, noticed_on, 'credits_expiring', 'lot', lot_id, coalesce(description, pool), credits, granted, expires_on
    from expiring
    union all
    select tenant_id, usage_date, 'auto_recharge', 'tenant', tenant_id, null, credits, null, null
    from flows
    where kind = 'auto_recharge' and direction = 'in'
    union all
    select
        tenant_id, usage_date, 'balance_short', 'tenant', tenant_id, null, credits, spent_a_day,
        {{ date_minus('usage_date', '(- ceil(days_left))') }}
    from lasting
    where days_left < {{ var('alert_balance_days') }}
)

select * from alerts
