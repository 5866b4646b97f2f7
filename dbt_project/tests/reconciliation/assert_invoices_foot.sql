-- Invoices that are not there with what was invoiced, whose causes do not add up to the difference, or that are still
-- open by another amount than what was invoiced and not paid. What stands in a closed month need not be what is invoiced now.
with invoiced as (
    select tenant_id, coalesce(invoice_id, billing_id) as document_id, credits
    from {{ ref('int_ledger_billing') }}
    where kind = 'invoice'
),

documents as (
    select tenant_id, document_id, min(invoice_id) as invoice_id, max(invoice_id) as other_invoice_id
    from {{ ref('int_invoice_lines') }}
    where not is_credit_note and corrects_invoice_id is null
    group by tenant_id, document_id
),

lines as (
    select
        tenant_id,
        invoice_id,
        sum(credits) as credits,
        -- Of such a note the mart shows what it takes back at the price, too.
        count_if(is_credit_note and (credits is null) <> (amount is null)) as half_notes,
        count(credits) filter (where not is_credit_note) > 0 or count(*) = count_if(is_credit_note) as names_credits
    from {{ ref('int_invoice_lines') }}
    group by tenant_id, invoice_id
),

reconciled as (
    select
        *,
        late_usage_credits + restated_usage_credits + unrated_usage_credits + rounding_credits
            + unexplained_credits as causes_credits,
        late_usage_amount + restated_usage_amount + unrated_usage_amount + price_difference_amount + rounding_amount
            + unexplained_amount as causes_amount
    from {{ ref('mart_invoice_reconciliation') }}
),

metered as (
    select
        reconciled.tenant_id,
        reconciled.invoice_id,
        sum(usage.credits) as credits
    from reconciled
    inner join {{ ref('mart_tenant_daily') }} as usage
        on reconciled.tenant_id = usage.tenant_id
        and usage.usage_date between reconciled.period_start and {{ date_minus('reconciled.period_end', 1) }}
    group by reconciled.tenant_id, reconciled.invoice_id
),

faults as (
    select coalesce(lines.tenant_id, reconciled.tenant_id) as tenant_id, coalesce(lines.invoice_id, reconciled.invoice_id) as invoice_id
    from lines
    full join reconciled
        on lines.tenant_id = reconciled.tenant_id
        and lines.invoice_id = reconciled.invoice_id
    left join metered
        on reconciled.tenant_id = metered.tenant_id
        and reconciled.invoice_id = metered.invoice_id
    where lines.tenant_id is null and not ({{ is_closed('reconciled.shown_on') }})
        or reconciled.tenant_id is null
        or lines.half_notes = 0 and lines.names_credits and not ({{ is_closed('reconciled.shown_on') }})
            and coalesce(lines.credits, 0) <> coalesce(reconciled.invoiced_credits, 0)
        or reconciled.metered_credits <> 0 and coalesce(metered.credits, 0) <> reconciled.metered_credits
        or reconciled.metered_credits = 0 and coalesce(metered.credits, 0) <> 0 and coalesce(reconciled.purchased_credits, 0) = 0
        or coalesce(reconciled.causes_credits, 0) <> coalesce(reconciled.difference_credits, 0)
        or coalesce(reconciled.causes_amount, 0) <> coalesce(reconciled.difference_amount, 0)
        or abs(reconciled.rounding_amount) > 1 + cast(reconciled.credit_price as decimal(38, 6))
        or reconciled.open_amount <> reconciled.invoiced_amount + coalesce(reconciled.tax_amount, 0) - reconciled.paid_amount
    union all
    select tenant_id, document_id from documents where other_invoice_id <> document_id or invoice_id <> document_id
    union all
    select tenant_id, 'credits of all invoices' as invoice_id
    from (
        select tenant_id, credits from invoiced
        union all
        select tenant_id, - credits from lines
    ) as both_sides
    group by tenant_id
    having coalesce(sum(credits), 0) <> 0
)

select * from faults
