-- Invoices that are not there with what was invoiced, or whose causes do not add up to the difference.
with invoiced as (
    select
        tenant_id,
        coalesce(invoice_id, billing_id) as invoice_id,
        sum(credits) as credits
    from {{ ref('int_ledger_billing') }}
    where kind = 'invoice'
    group by tenant_id, coalesce(invoice_id, billing_id)
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
)

select
    coalesce(invoiced.tenant_id, reconciled.tenant_id) as tenant_id,
    coalesce(invoiced.invoice_id, reconciled.invoice_id) as invoice_id
from invoiced
full join reconciled
    on invoiced.tenant_id = reconciled.tenant_id
    and invoiced.invoice_id = reconciled.invoice_id
left join metered
    on reconciled.tenant_id = metered.tenant_id
    and reconciled.invoice_id = metered.invoice_id
where invoiced.tenant_id is null
    or reconciled.tenant_id is null
    or coalesce(invoiced.credits, 0) <> coalesce(reconciled.invoiced_credits, 0)
    or coalesce(metered.credits, 0) <> reconciled.metered_credits
    or coalesce(reconciled.causes_credits, 0) <> coalesce(reconciled.difference_credits, 0)
    or coalesce(reconciled.causes_amount, 0) <> coalesce(reconciled.difference_amount, 0)
    or abs(reconciled.rounding_amount) > 1 + cast(reconciled.credit_price as decimal(38, 6))
