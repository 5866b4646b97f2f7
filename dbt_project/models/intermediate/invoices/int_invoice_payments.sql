{{ config(materialized='ephemeral') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

lines as (
    select * from {{ ref('int_invoice_lines') }}
),

invoices as (
    select * from {{ ref('int_invoices') }}
),

-- A payment may name the number of a credit note: it is of the invoice which that corrects.
documents as (
    select tenant_id, document_id, min(invoice_id) as invoice_id
    from lines
    group by tenant_id, document_id
),

paid as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        -- In another currency nobody knows how much of the invoice it pays.
        cast(case when count_if(billing.currency <> invoices.currency) = 0 then sum(billing.amount) end as decimal(38, 6))
            as paid_amount,
        cast(sum(case when billing.entry_date <= invoices.due_on then billing.amount else 0 end) as decimal(38, 6))
            as paid_in_time,
        max(billing.entry_date) as last_paid_on
    from billing
    inner join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    inner join invoices
        on documents.tenant_id = invoices.tenant_id
        and documents.invoice_id = invoices.invoice_id
    where billing.kind = 'payment' and billing.amount is not null
    group by invoices.tenant_id, invoices.invoice_id
)

select * from paid
