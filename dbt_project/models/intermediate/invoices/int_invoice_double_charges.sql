with invoices as (
    select * from {{ ref('int_invoice_differences') }}
),

costs as (
    select * from {{ ref('int_ledger_costs') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

-- Usage that an invoice bills, and that credits had paid for which were bought.
prepaid as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        sum(costs.credits) as credits
    from invoices
    inner join costs
        on invoices.tenant_id = costs.tenant_id
        and coalesce(costs.corrected_on, costs.usage_date) >= invoices.period_start
        and coalesce(costs.corrected_on, costs.usage_date) < invoices.period_end
    inner join lots
        on costs.tenant_id = lots.tenant_id
        and costs.lot_id = lots.lot_id
    where invoices.bills_usage and costs.draw_type = 'spend' and costs.demand_type = 'model' and {{ is_bought('lots.kind') }}
    group by invoices.tenant_id, invoices.invoice_id
),

compared as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        invoices.credit_price,
        invoices.metered_credits,
        prepaid.credits as prepaid_credits,
        greatest(least(invoices.metered_credits + coalesce(invoices.difference_credits, 0), invoices.metered_credits), 0)
            as billed_credits,
        invoices.difference_credits is not null as is_comparable
    from invoices
    inner join prepaid
        on invoices.tenant_id = prepaid.tenant_id
        and invoices.invoice_id = prepaid.invoice_id
),

-- What is billed beyond the usage that nothing had paid for is billed again; of the rest nobody knows what it is for.
charged as (
    select
        tenant_id,
        invoice_id,
        credit_price,
        case when is_comparable then greatest(billed_credits - (metered_credits - prepaid_credits), 0) else 0 end
            as charged_twice,
        least(prepaid_credits, billed_credits) as at_most
    from compared
),

double_charges as (
    select
        tenant_id,
        invoice_id,
        cast(charged_twice as decimal(38, 6)) as charged_twice_credits,
        {{ money_for('charged_twice', 'credit_price') }} as charged_twice_amount,
        cast(at_most as decimal(38, 6)) as charged_twice_bound_credits
    from charged
    where at_most > cast(0.01 as decimal(3, 2))
)

select * from double_charges
