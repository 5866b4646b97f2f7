{{ config(materialized='ephemeral') }}

with invoices as (
    select * from {{ ref('mart_invoice_reconciliation') }}
),

payments as (
    select * from {{ ref('int_invoice_payments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- An invoice is judged once its period is over.
differing as (
    select
        tenant_id,
        greatest(issued_on, {{ date_minus('period_end', 1) }}) as usage_date,
        case status when 'under_billed' then 'invoice_under_billed' else 'invoice_over_billed' end as kind,
        invoice_id,
        abs(coalesce(difference_amount, difference_credits)) as amount,
        abs(case when difference_amount is null then invoiced_credits else invoiced_amount end) as reference,
        case when difference_amount is not null then currency end as currency
    from invoices
    where is_complete and status in ('over_billed', 'under_billed', 'no_usage')
    union all
    select
        tenant_id, greatest(issued_on, {{ date_minus('period_end', 1) }}), 'invoice_charged_twice', invoice_id,
        coalesce(charged_twice_amount, charged_twice_credits),
        abs(case when charged_twice_amount is null then invoiced_credits else invoiced_amount end),
        case when charged_twice_amount is not null then currency end
    from invoices
    where is_complete and charged_twice_credits > 0
),

-- One that names no due date is unpaid after the usual time for payment.
due as (
    select
        invoices.*,
        case when invoices.due_on is null then 'invoice_unpaid' else 'invoice_overdue' end as kind,
        greatest(invoices.issued_on, {{ date_minus(payment_due_on('invoices'), -1) }}) as unpaid_on,
        {{ payment_due_on('invoices') }} as payable_by,
        invoices.invoiced_amount + coalesce(invoices.tax_amount, 0) as owed,
        case when payments.invoice_id is null then 0 when payments.paid_amount is not null then payments.paid_in_time end
            as paid_in_time
    from invoices
    left join payments
        on invoices.tenant_id = payments.tenant_id
        and invoices.invoice_id = payments.invoice_id
),

alerts as (
    select
        tenant_id, usage_date, kind, 'invoice' as subject_type, invoice_id as subject_id, invoice_id as subject_name,
        amount, reference, currency, cast(null as date) as happens_on
    from differing
    union all
    select
        due.tenant_id, due.unpaid_on, due.kind, 'invoice', due.invoice_id, due.invoice_id,
        due.owed - due.paid_in_time, due.owed, due.currency, due.payable_by
    from due
    inner join as_of
        on due.tenant_id = as_of.tenant_id
        and due.unpaid_on <= as_of.as_of_date
    where due.owed > due.paid_in_time
)

select * from alerts
