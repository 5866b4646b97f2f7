{{ config(materialized='tallybook_table') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

granted as (
    select
        billing.*,
        as_of.as_of_date,
        -- What is posted late for a closed month came when it came.
        case when adjusted_month = '(none)' then entry_date
            else coalesce({{ local_date('billing.occurred_at', 'zone_days') }}, cast(billing.occurred_at as date)) end
            as came_on,
        -- What a lot cost where the event does not say: given credits cost nothing, of bought ones nobody knows.
        cast(coalesce(amount, case when {{ is_bought('kind') }} then round(credits * credit_price, 6) end, 0) as decimal(38, 6))
            as paid,
        {{ is_bought('kind') }} and coalesce(amount, credit_price) is null as is_unpriced
    from billing
    inner join as_of
        on billing.tenant_id = as_of.tenant_id
    left join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'billing.occurred_at') }}
        and billing.adjusted_month <> '(none)'
    where {{ is_grant('billing.kind', 'billing.credits') }} and billing.credits > 0
),

lots as (
    select
        tenant_id,
        billing_id as lot_id,
        kind,
        pool,
        description,
        entry_date as granted_on,
        occurred_at,
        priority,
        expires_on,
        burn_order,
        cast(credits as decimal(38, 6)) as credits,
        paid as amount,
        is_unpriced,
        currency,
        -- Its place among all lots of the tenant, ever: lots come and go, but never change places.
        cast(row_number() over (
            partition by tenant_id
            order by
                priority nulls last,
                case when burn_order = 'pool' then {{ pool_order('pool') }} end,
                case when burn_order in ('expiry', 'pool') then coalesce(expires_on, date '9999-12-31') end,
                case when burn_order = 'expiry' then {{ pool_order('pool') }} end,
                occurred_at,
                billing_id
        ) as integer) as burn_rank,
        coalesce(expires_on < came_on, false) as is_late,
        cast(coalesce(sum(case when expires_on < came_on then 0 else credits end) over (
            partition by tenant_id, entry_date
            order by occurred_at, billing_id
            rows between unbounded preceding and 1 preceding
        ), 0) as decimal(38, 6)) as arrived_before,
        case when expires_on < as_of_date then greatest(entry_date, {{ date_minus('expires_on', -1) }}) end as expired_on,
        -- Its last day of use, with which what is left of it is lost, as soon as that is over.
        case when expires_on <= as_of_date then greatest(entry_date, expires_on) end as lost_on
    from granted
)

select * from lots
