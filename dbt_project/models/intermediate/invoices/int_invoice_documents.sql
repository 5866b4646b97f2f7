{{ config(materialized='ephemeral') }}

with lines as (
    select * from {{ ref('int_invoice_lines') }}
),

documents as (
    select tenant_id, document_id, min(invoice_id) as invoice_id
    from lines
    group by tenant_id, document_id
)

select * from documents
