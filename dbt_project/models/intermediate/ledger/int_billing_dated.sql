{{ config(materialized='ephemeral') }}

with events as (
    select * from {{ ref('stg_native__billing_events') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

dated as (
    select
        events.tenant_id,
        events.billing_id,
        events.kind,
        events.pool,
        events.named_pool,
        events.description,
        events.invoice_id,
        events.corrects_invoice_id,
        events.credits,
        events.amount,
        events.tax_amount,
        events.currency as given_currency,
        {{ currency_of('tenants', named='events.currency') }} as currency,
        -- Only events of months that were closed when a lot without an amount had its tenant's price still have one.
        cast(null as decimal(18, 6)) as credit_price,
        coalesce(tenants.burn_order, 'expiry') as burn_order,
        events.priority,
        events.occurred_at,
        {{ local_date('events.occurred_at', 'zone_days') }} as entry_date,
        events.expires_on,
        events.period_start,
        events.period_end,
        events.due_on
    from events
    inner join as_of
        on events.tenant_id = as_of.tenant_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'events.occurred_at') }}
    left join tenants
        on events.tenant_id = tenants.tenant_id
)

select * from dated
