{{ config(materialized='ephemeral') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

invoices as (
    select * from {{ ref('int_invoices') }}
),

paid as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        -- In another currency nobody knows how much of the invoice it pays.
        cast(case when count_if(billing.currency <> invoices.currency) = 0 then sum(billing.amount) end as decimal(38, 6))
            as paid_amount,
        cast(sum(case when billing.entry_date <= {{ payment_due_on('invoices') }} then billing.amount else 0 end) as decimal(38, 6))
            as paid_in_time
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
