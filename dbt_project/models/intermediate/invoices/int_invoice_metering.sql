{{ config(materialized='tallybook_table') }}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

metered as (
    select * from {{ ref('int_invoice_usage') }}
),

purchases as (
    select * from {{ ref('int_invoice_purchases') }}
),

unrated as (
    select * from {{ ref('int_invoice_unrated') }}
),

later as (
    select * from {{ ref('int_invoice_later_usage') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
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

-- An invoice that grants name bills those; it bills usage, too, where its tenant pays for usage afterwards.
purposes as (
    select
        invoices.*,
        purchases.credits is null or coalesce(tenants.billing_mode, 'prepaid') = 'postpaid' as bills_usage,
        coalesce(purchases.credits, 0) as purchased_credits,
        case
            when purchases.credits is null then 0
            when purchases.currency = invoices.currency then purchases.amount
        end as purchased_amount,
        nullif(cast(case
            when purchases.credits is not null and coalesce(tenants.billing_mode, 'prepaid') = 'prepaid'
                then case when purchases.currency = invoices.currency
                    then {{ price_per_credit('purchases.amount', 'purchases.credits') }} end
            when prices.currency = invoices.currency then prices.credit_price
        end as decimal(38, 6)), 0) as credit_price
    from invoices
    left join purchases
        on invoices.tenant_id = purchases.tenant_id
        and invoices.invoice_id = purchases.invoice_id
    left join tenants
        on invoices.tenant_id = tenants.tenant_id
    left join prices
        on invoices.tenant_id = prices.tenant_id
        and {{ date_minus('invoices.period_end', 1) }} >= prices.first_date
        and {{ date_minus('invoices.period_end', 1) }} < prices.next_first_date
),

put_beside as (
    select
        purposes.*,
        purposes.period_end <= {{ date_minus('purposes.as_of_date', -1) }} as is_complete,
        case when purposes.bills_usage then coalesce(metered.credits, 0) else 0 end as metered_credits,
        case
            when not purposes.bills_usage then 0
            when metered.credits is null then case when purposes.credit_price is not null then 0 end
            when not metered.lacks_price then metered.amount
        end as metered_amount,
        case when purposes.bills_usage then coalesce(metered.events, 0) else 0 end as metered_events,
        coalesce(unrated.requests, 0) as unrated_requests,
        unrated.credits_at_most as unrated_at_most,
        case when purposes.bills_usage then coalesce(later.late_credits, 0) else 0 end as late_credits,
        case when purposes.bills_usage then coalesce(later.restated_credits, 0) else 0 end as restated_credits,
        coalesce(overlapping.invoices, 0) as overlapping_invoices
    from purposes
    left join metered
        on purposes.tenant_id = metered.tenant_id
        and purposes.invoice_id = metered.invoice_id
    left join unrated
        on purposes.tenant_id = unrated.tenant_id
        and purposes.invoice_id = unrated.invoice_id
    left join later
        on purposes.tenant_id = later.tenant_id
        and purposes.invoice_id = later.invoice_id
    left join overlapping
        on purposes.tenant_id = overlapping.tenant_id
        and purposes.invoice_id = overlapping.invoice_id
)

select * from put_beside
