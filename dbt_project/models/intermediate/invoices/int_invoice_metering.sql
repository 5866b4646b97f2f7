{{ config(materialized='tallybook_table') }}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

later as (
    select * from {{ ref('int_invoice_later_usage') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

metered as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        cast(sum(usage.credits) as decimal(38, 6)) as credits,
        cast(sum(usage.requests + usage.runs + usage.calls) as bigint) as events,
        cast(sum(usage.requests - usage.errors - usage.unrated_requests) as bigint) as rated_requests,
        cast(sum(usage.unrated_requests) as bigint) as unrated_requests
    from invoices
    inner join usage
        on invoices.tenant_id = usage.tenant_id
        and usage.usage_date >= invoices.period_start
        and usage.usage_date < invoices.period_end
    group by invoices.tenant_id, invoices.invoice_id
),

overlapping as (
    select invoices.tenant_id, invoices.invoice_id, count(*) as invoices
    from invoices
    inner join invoices as others
        on invoices.tenant_id = others.tenant_id
        and invoices.invoice_id <> others.invoice_id
        and others.period_start < invoices.period_end
        and others.period_end > invoices.period_start
    group by invoices.tenant_id, invoices.invoice_id
),

put_beside as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        invoices.issued_on,
        invoices.period_start,
        invoices.period_end,
        invoices.period_end <= {{ date_minus('invoices.as_of_date', -1) }} as is_complete,
        invoices.currency,
        invoices.invoiced_amount,
        invoices.invoiced_credits,
        -- A price in another currency than the invoice's says nothing about its amount.
        case when invoices.currency = {{ currency_of('tenants') }} and tenants.credit_price > 0
            then tenants.credit_price end as credit_price,
        coalesce(metered.credits, 0) as metered_credits,
        coalesce(metered.events, 0) as metered_events,
        coalesce(metered.rated_requests, 0) as rated_requests,
        coalesce(metered.unrated_requests, 0) as unrated_requests,
        coalesce(later.late_credits, 0) as late_credits,
        coalesce(later.restated_credits, 0) as restated_credits,
        coalesce(overlapping.invoices, 0) as overlapping_invoices
    from invoices
    left join metered
        on invoices.tenant_id = metered.tenant_id
        and invoices.invoice_id = metered.invoice_id
    left join later
        on invoices.tenant_id = later.tenant_id
        and invoices.invoice_id = later.invoice_id
    left join overlapping
        on invoices.tenant_id = overlapping.tenant_id
        and invoices.invoice_id = overlapping.invoice_id
    left join tenants
        on invoices.tenant_id = tenants.tenant_id
)

select * from put_beside
