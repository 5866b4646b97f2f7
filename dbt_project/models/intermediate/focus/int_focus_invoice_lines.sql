{{ config(materialized='ephemeral') }}

with lines as (
    select * from {{ ref('int_invoice_lines') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

metering as (
    select * from {{ ref('int_invoice_metering') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

-- A credit note that names credits alone takes them back at the price of what it corrects.
of_invoices as (
    select
        lines.tenant_id,
        lines.invoice_id,
        lines.billing_id,
        'invoice' as kind,
        billing.description,
        lines.entry_date,
        lines.is_credit_note,
        lines.currency,
        coalesce(
            lines.amount,
            case when lines.is_credit_note then -{{ money_for('abs(lines.credits)', 'metering.credit_price') }} end,
            0
        ) as amount,
        lines.tax_amount,
        case
            when lines.is_credit_note then {{ month_name(date_minus('metering.period_end', 1)) }}
            else nullif(billing.adjusted_month, '(none)')
        end as corrected_month
    from lines
    inner join billing
        on lines.tenant_id = billing.tenant_id
        and lines.billing_id = billing.billing_id
    inner join metering
        on lines.tenant_id = metering.tenant_id
        and lines.invoice_id = metering.invoice_id
),

-- The tax of what an invoice bills stands on the invoice.
without_invoice as (
    select
        billing.tenant_id,
        billing.invoice_id,
        billing.billing_id,
        billing.kind,
        billing.description,
        billing.entry_date,
        false as is_credit_note,
        billing.currency,
        0 as amount,
        billing.tax_amount,
        nullif(billing.adjusted_month, '(none)') as corrected_month
    from billing
    left join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    where {{ moves_credits('billing.kind') }} and billing.tax_amount <> 0 and documents.document_id is null
),

all_lines as (
    select * from of_invoices
    union all
    select * from without_invoice
)

select * from all_lines
