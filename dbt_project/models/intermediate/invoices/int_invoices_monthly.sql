with lines as (
    select * from {{ ref('int_invoice_lines') }}
),

invoices as (
    select * from {{ ref('int_invoice_differences') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

documents as (
    select * from {{ ref('int_invoice_documents') }}
),

months as (
    select * from {{ ref('int_receivable_months') }}
),

-- What had been invoiced by then; a credit note of credits alone takes money back at the invoice's price.
invoiced as (
    select
        months.tenant_id,
        months.month,
        months.as_at,
        lines.invoice_id,
        max(invoices.currency) as currency,
        max(invoices.credit_price) as credit_price,
        case
            when count(lines.amount) filter (where not lines.is_credit_note) > 0 or count(*) = count_if(lines.is_credit_note)
                then sum(lines.amount)
        end as amount,
        coalesce(sum(lines.credits) filter (where lines.is_credit_note and lines.amount is null), 0) as credits_alone,
        sum(lines.tax_amount) as tax_amount,
        max(lines.due_on) filter (where not lines.is_credit_note) as due_on
    from months
    inner join lines
        on months.tenant_id = lines.tenant_id
        and months.as_at >= lines.entry_date
    inner join invoices
        on lines.tenant_id = invoices.tenant_id
        and lines.invoice_id = invoices.invoice_id
    group by months.tenant_id, months.month, months.as_at, lines.invoice_id
),

paid as (
    select
        months.tenant_id,
        months.month,
        documents.invoice_id,
        count_if(billing.currency <> invoices.currency) as in_other_currency,
        sum(billing.amount) as amount
    from months
    inner join billing
        on months.tenant_id = billing.tenant_id
        and months.as_at >= billing.entry_date
        and billing.kind = 'payment'
        and billing.amount is not null
    inner join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
    inner join invoices
        on documents.tenant_id = invoices.tenant_id
        and documents.invoice_id = invoices.invoice_id
    group by months.tenant_id, months.month, documents.invoice_id
),

shown as (
    select
        invoiced.tenant_id,
        invoiced.month,
        invoiced.as_at,
        invoiced.invoice_id,
        invoiced.currency,
        invoiced.due_on,
        case when invoiced.currency is not null then cast(case
            when invoiced.credits_alone = 0 then invoiced.amount
            else invoiced.amount + {{ money_for('invoiced.credits_alone', 'invoiced.credit_price') }}
        end as decimal(38, 6)) end as invoiced,
        case when invoiced.currency is not null then cast(coalesce(invoiced.tax_amount, 0) as decimal(38, 6)) else 0 end as tax,
        cast(case when coalesce(paid.in_other_currency, 0) = 0 then coalesce(paid.amount, 0) end as decimal(38, 6)) as paid
    from invoiced
    left join paid
        on invoiced.tenant_id = paid.tenant_id
        and invoiced.month = paid.month
        and invoiced.invoice_id = paid.invoice_id
)

select * from shown
