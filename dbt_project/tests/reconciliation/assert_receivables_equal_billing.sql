-- Tenants and currencies whose receivables do not have all payments, whose ages do not add up to what is open, or whose invoices
-- are open by another sum (those of closed months stand as they were then).
with payments as (
    select tenant_id, currency, sum(amount) as amount
    from {{ ref('int_ledger_billing') }}
    where kind = 'payment' and amount is not null
    group by tenant_id, currency
),

receivables as (
    select * from {{ ref('mart_receivables') }}
),

-- Of a payment in another currency than its invoice nobody knows how much it pays.
tenants_of_other_currencies as (
    select tenant_id from receivables where unknown_invoices > 0
)

select coalesce(receivables.tenant_id, payments.tenant_id) as tenant_id, coalesce(receivables.currency, payments.currency) as currency
from receivables
full join payments
    on receivables.tenant_id = payments.tenant_id
    and receivables.currency = payments.currency
where coalesce(receivables.tenant_id, payments.tenant_id) not in (select tenant_id from tenants_of_other_currencies)
    and coalesce(receivables.paid_amount + receivables.unallocated_amount, 0) <> coalesce(payments.amount, 0)
    or receivables.open_amount <> receivables.not_due_amount + receivables.overdue_1_30_amount
        + receivables.overdue_31_60_amount + receivables.overdue_61_90_amount + receivables.overdue_over_90_amount
{%- set invoices = ref('mart_invoice_reconciliation') %}
{%- if not closed_to() %}
union all
select receivables.tenant_id, receivables.currency
from receivables
inner join (
    select tenant_id, currency, sum(open_amount) as open_amount
    from {{ invoices }}
    group by tenant_id, currency
) as invoices
    on receivables.tenant_id = invoices.tenant_id
    and receivables.currency = invoices.currency
where receivables.open_amount <> coalesce(invoices.open_amount, 0)
{%- endif %}
