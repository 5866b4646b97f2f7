{{ config(materialized='tallybook_table') }}

with invoices as (
    select * from {{ ref('int_invoices_monthly') }}
),

months as (
    select * from {{ ref('int_receivable_months') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

aged as (
    select
        *,
        invoiced + tax - paid as open_amount,
        coalesce({{ days_between('due_on', 'as_at') }}, 0) as days_overdue
    from invoices
),

added_up as (
    select
        tenant_id,
        month,
        as_at,
        coalesce(currency, '(none)') as currency,
        count(*) as invoices,
        sum(invoiced) as invoiced_amount,
        sum(case when invoiced is not null then tax end) as tax_amount,
        sum(paid) as paid_amount,
        sum(open_amount) as open_amount,
        sum(case when days_overdue <= 0 then open_amount else 0 end) as not_due_amount,
        {%- for age, (first, last) in overdue_ages().items() %}
        sum(case when days_overdue >= {{ first }}{{ ' and days_overdue <= ' ~ last if last }} then open_amount else 0 end)
            as {{ age }}_amount,
        {%- endfor %}
        count(*) - count(open_amount) as unknown_invoices
    from aged
    group by tenant_id, month, as_at, coalesce(currency, '(none)')
),

-- What was paid without naming an invoice that is there by then pays nobody knows which.
unallocated as (
    select months.tenant_id, months.month, months.as_at, billing.currency, sum(billing.amount) as amount
    from months
    inner join billing
        on months.tenant_id = billing.tenant_id
        and months.as_at >= billing.entry_date
    left join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    left join invoices
        on months.tenant_id = invoices.tenant_id
        and months.month = invoices.month
        and documents.invoice_id = invoices.invoice_id
    where billing.kind = 'payment' and billing.amount is not null and invoices.invoice_id is null
    group by months.tenant_id, months.month, months.as_at, billing.currency
),

receivables as (
    select
        coalesce(added_up.tenant_id, unallocated.tenant_id) as tenant_id,
        coalesce(added_up.month, unallocated.month) as month,
        coalesce(added_up.as_at, unallocated.as_at) as as_at,
        coalesce(added_up.currency, unallocated.currency) as currency,
        cast(coalesce(added_up.invoices, 0) as bigint) as invoices,
        {%- for figure in receivable_amounts() %}
        cast(coalesce(added_up.{{ figure }}_amount, 0) as decimal(38, 6)) as {{ figure }}_amount,
        {%- endfor %}
        cast(coalesce(added_up.unknown_invoices, 0) as bigint) as unknown_invoices,
        cast(coalesce(unallocated.amount, 0) as decimal(38, 6)) as unallocated_amount
    from added_up
    full join unallocated
        on added_up.tenant_id = unallocated.tenant_id
        and added_up.month = unallocated.month
        and added_up.currency = unallocated.currency
)

select * from receivables
