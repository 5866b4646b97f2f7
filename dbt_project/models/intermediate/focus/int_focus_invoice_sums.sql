{{ config(materialized='ephemeral') }}
{%- set kept = source('closing', 'mart_focus_cost_usage') %}
{#- Usage and purchases that name their invoice, and usage that was closed before it had one. -#}

with draws as (
    select * from {{ ref('int_focus_draws') }}
),

billing as (
    select * from {{ ref('int_focus_billing') }}
),

invoiced as (
    select * from {{ ref('int_focus_invoiced_dates') }}
),

charges as (
    select tenant_id, invoice_id, currency, cast(null as varchar) as month, billed, true as is_named
    from draws
    where invoice_id is not null and not {{ is_closed('usage_date') }}
    union all
    select tenant_id, invoice_id, currency, null, billed, true
    from billing
    where invoice_id is not null and not {{ is_closed('charge_date') }}
    {%- if closed_to() %}
    union all
    select BillingAccountId, InvoiceId, BillingCurrency, 'closed', BilledCost, true
    from {{ kept }}
    where InvoiceId is not null and {{ is_closed('x_ChargeDate') }}
    union all
    select kept.BillingAccountId, invoiced.invoice_id, kept.BillingCurrency, {{ month_name('kept.x_ChargeDate') }}, kept.BilledCost, false
    from {{ kept }} as kept
    inner join invoiced
        on kept.BillingAccountId = invoiced.tenant_id
        and kept.x_ChargeDate = invoiced.used_on
        and kept.BillingCurrency = invoiced.currency
    where kept.x_Funding = 'Postpaid' and kept.InvoiceId is null and {{ is_closed('kept.x_ChargeDate') }}
    {%- endif %}
),

sums as (
    select tenant_id, invoice_id, currency, month, is_named, cast(sum(billed) as decimal(38, 12)) as billed
    from charges
    group by tenant_id, invoice_id, currency, month, is_named
)

select * from sums
