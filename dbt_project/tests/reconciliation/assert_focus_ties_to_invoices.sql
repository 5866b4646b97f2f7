-- Where the charges that name an invoice do not add up to it, tax included, to the last digit; of an invoice that a closed month
-- was exported with, where what came since does not add up to what it was changed by. One row per such invoice.

with charges as (
    select * from {{ ref('mart_focus_cost_usage') }}
    where InvoiceId is not null
),

-- As they are now: what a closed month keeps of an invoice of its period may have been revised since.
invoices as (
    select * from {{ ref('int_invoice_differences') }}
    where currency is not null and billed_amount is not null
),

lines as (
    select
        tenant_id,
        invoice_id,
        sum(coalesce(amount, 0) + coalesce(tax_amount, 0)) as amount,
        count(*) > count(amount) as is_unknown
    from {{ ref('int_invoice_lines') }}
    where not {{ is_closed('entry_date') }}
    group by tenant_id, invoice_id
),

expected as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        invoices.currency,
        {{ is_closed('invoices.issued_on') }} as is_of_closed,
        case when {{ is_closed('invoices.issued_on') }} then coalesce(lines.amount, 0)
            else cast(invoices.billed_amount + coalesce(invoices.tax_amount, 0) as decimal(38, 6)) end as amount
    from invoices
    left join lines
        on invoices.tenant_id = lines.tenant_id
        and invoices.invoice_id = lines.invoice_id
    where not ({{ is_closed('invoices.issued_on') }}) or not coalesce(lines.is_unknown, false)
),

compared as (
    select
        expected.tenant_id,
        expected.invoice_id,
        expected.amount as expected,
        coalesce(sum(charges.BilledCost), 0) as found
    from expected
    left join charges
        on expected.tenant_id = charges.BillingAccountId
        and expected.invoice_id = charges.InvoiceId
        and expected.currency = charges.BillingCurrency
        and (not expected.is_of_closed or not {{ is_closed('charges.x_ChargeDate') }})
    group by expected.tenant_id, expected.invoice_id, expected.amount
)

select *
from compared
where expected <> found
