{{ config(materialized='tallybook_table') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

-- Of a line that names one end of its period only, the period is a month.
lines as (
    select
        tenant_id,
        billing_id,
        coalesce(invoice_id, billing_id) as document_id,
        corrects_invoice_id,
        coalesce(credits < 0, false) or coalesce(amount < 0, false) as is_credit_note,
        coalesce(period_start, cast(period_end - interval '1' month as date)) as period_start,
        coalesce(period_end, cast(period_start + interval '1' month as date)) as period_end,
        credits,
        amount,
        tax_amount,
        currency,
        due_on,
        occurred_at,
        entry_date
    from billing
    where kind = 'invoice'
),

invoices as (
    select
        tenant_id,
        document_id as invoice_id,
        min(entry_date) as issued_on,
        {{ billed_period('min(period_start)', 'max(period_end)', 'min(entry_date)') | indent(8) }}
    from lines
    where not is_credit_note and corrects_invoice_id is null
    group by tenant_id, document_id
),

corrections as (
    select
        tenant_id,
        billing_id,
        document_id,
        corrects_invoice_id,
        entry_date,
        {{ billed_period('period_start', 'period_end', 'entry_date') | indent(8) }}
    from lines
    where is_credit_note or corrects_invoice_id is not null
),

-- What a correction names comes first, then its own number, then the last invoice before it that is for its period.
ranked as (
    select
        corrections.tenant_id,
        corrections.billing_id,
        invoices.invoice_id,
        row_number() over (
            partition by corrections.tenant_id, corrections.billing_id
            order by
                case invoices.invoice_id when corrections.corrects_invoice_id then 1 when corrections.document_id then 2 else 3 end,
                invoices.billed_from < corrections.billed_from or invoices.billed_to > corrections.billed_to,
                invoices.issued_on desc,
                invoices.invoice_id
        ) as place
    from corrections
    inner join invoices
        on corrections.tenant_id = invoices.tenant_id
        and (
            invoices.invoice_id in (corrections.corrects_invoice_id, corrections.document_id)
            or corrections.corrects_invoice_id is null
            and invoices.issued_on <= corrections.entry_date
            and invoices.billed_from <= corrections.billed_from
            and invoices.billed_to >= corrections.billed_to
        )
),

assigned as (
    select
        lines.*,
        coalesce(ranked.invoice_id, lines.document_id) as invoice_id
    from lines
    left join (select * from ranked where place = 1) as ranked
        on lines.tenant_id = ranked.tenant_id
        and lines.billing_id = ranked.billing_id
)

select * from assigned
