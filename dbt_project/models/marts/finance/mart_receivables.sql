{{ config(materialized='tallybook_table', meta={'closed_by': none}) }}
{%- set ages = {'overdue_1_30': (1, 30), 'overdue_31_60': (31, 60), 'overdue_61_90': (61, 90)} %}

with invoices as (
    select * from {{ ref('int_invoice_differences') }}
),

payments as (
    select * from {{ ref('int_invoice_payments') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

owed as (
    select
        invoices.tenant_id,
        invoices.currency,
        invoices.billed_amount as invoiced,
        coalesce(invoices.tax_amount, 0) as tax,
        case when payments.invoice_id is null then 0 else payments.paid_amount end as paid,
        {{ days_between('invoices.due_on', 'invoices.as_of_date') }} as days_overdue
    from invoices
    left join payments
        on invoices.tenant_id = payments.tenant_id
        and invoices.invoice_id = payments.invoice_id
),

-- What was paid without naming an invoice that is here pays nobody knows which.
unallocated as (
    select billing.tenant_id, billing.currency, sum(billing.amount) as amount
    from billing
    left join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    where billing.kind = 'payment' and billing.amount is not null and documents.document_id is null
    group by billing.tenant_id, billing.currency
),

aged as (
    select *, invoiced + tax - paid as open_amount
    from owed
),

added_up as (
    select
        tenant_id,
        coalesce(currency, '(none)') as currency,
        count(*) as invoices,
        sum(invoiced) as invoiced_amount,
        sum(case when invoiced is not null then tax end) as tax_amount,
        sum(paid) as paid_amount,
        sum(open_amount) as open_amount,
        sum(case when coalesce(days_overdue, 0) <= 0 then open_amount else 0 end) as not_due_amount,
        {%- for age, (first, last) in ages.items() %}
        sum(case when days_overdue between {{ first }} and {{ last }} then open_amount else 0 end) as {{ age }}_amount,
        {%- endfor %}
        sum(case when days_overdue > 90 then open_amount else 0 end) as overdue_over_90_amount,
        count(*) - count(open_amount) as unknown_invoices
    from aged
    group by tenant_id, coalesce(currency, '(none)')
),

receivables as (
    select
        coalesce(added_up.tenant_id, unallocated.tenant_id) as tenant_id,
        coalesce(added_up.currency, unallocated.currency) as currency,
        cast(coalesce(added_up.invoices, 0) as bigint) as invoices,
        {%- for figure in ['invoiced', 'tax', 'paid', 'open', 'not_due'] + ages.keys() | list + ['overdue_over_90'] %}
        cast(coalesce(added_up.{{ figure }}_amount, 0) as decimal(38, 6)) as {{ figure }}_amount,
        {%- endfor %}
        cast(coalesce(added_up.unknown_invoices, 0) as bigint) as unknown_invoices,
        cast(coalesce(unallocated.amount, 0) as decimal(38, 6)) as unallocated_amount
    from added_up
    full join unallocated
        on added_up.tenant_id = unallocated.tenant_id
        and added_up.currency = unallocated.currency
)

select * from receivables
