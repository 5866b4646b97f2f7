{{ config(materialized='ephemeral') }}
{%- set kept = source('closing', 'mart_focus_cost_usage') %}

with costs as (
    select * from {{ ref('int_ledger_costs') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

invoices as (
    select * from {{ ref('int_invoices') }}
),

purchases as (
    select * from {{ ref('int_invoice_purchases') }}
),

used as (
    select tenant_id, coalesce(corrected_on, usage_date) as used_on
    from costs
    where lot_id is null
    {%- if closed_to() %}
    union
    select BillingAccountId as tenant_id, x_ChargeDate as used_on
    from {{ kept }}
    where x_Funding = 'Postpaid' and {{ is_closed('x_ChargeDate') }}
    {%- endif %}
),

-- Of several invoices for a date the first one of usage alone bills it.
ranked as (
    select
        used.tenant_id,
        used.used_on,
        invoices.invoice_id,
        invoices.currency,
        row_number() over (
            partition by used.tenant_id, used.used_on
            order by purchases.invoice_id is not null, invoices.issued_on, invoices.invoice_id
        ) as place
    from (select distinct tenant_id, used_on from used) as used
    inner join tenants
        on used.tenant_id = tenants.tenant_id
        and tenants.billing_mode = 'postpaid'
    inner join invoices
        on used.tenant_id = invoices.tenant_id
        and used.used_on >= invoices.period_start
        and used.used_on < invoices.period_end
    left join purchases
        on invoices.tenant_id = purchases.tenant_id
        and invoices.invoice_id = purchases.invoice_id
),

invoiced as (
    select tenant_id, used_on, invoice_id, currency
    from ranked
    where place = 1
)

select * from invoiced
