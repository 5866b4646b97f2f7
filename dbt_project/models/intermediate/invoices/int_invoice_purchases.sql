{{ config(materialized='ephemeral') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

purchases as (
    select
        documents.tenant_id,
        documents.invoice_id,
        cast(sum(billing.credits) as decimal(38, 6)) as credits,
        cast(case when count(billing.amount) = count(*) then sum(billing.amount) end as decimal(38, 6)) as amount,
        case when min(billing.currency) = max(billing.currency) then min(billing.currency) end as currency
    from billing
    inner join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    where {{ is_grant('billing.kind', 'billing.credits') }}
    group by documents.tenant_id, documents.invoice_id
)

select * from purchases
