{{ config(materialized='tallybook_table', meta={'closed_by': none}) }}

with receivables as (
    select * from {{ ref('int_receivables_monthly') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        receivables.tenant_id,
        receivables.currency,
        receivables.invoices,
        {%- for figure in receivable_amounts() %}
        receivables.{{ figure }}_amount,
        {%- endfor %}
        receivables.unknown_invoices,
        receivables.unallocated_amount
    from receivables
    inner join as_of
        on receivables.tenant_id = as_of.tenant_id
        and receivables.as_at = as_of.as_of_date
)

select * from shown
