{{ config(materialized='tallybook_table') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- Of a line that names one end of its period only, the period is a month.
lines as (
    select
        tenant_id,
        coalesce(invoice_id, billing_id) as invoice_id,
        coalesce(period_start, cast(period_end - interval '1' month as date)) as period_start,
        coalesce(period_end, cast(period_start + interval '1' month as date)) as period_end,
        amount,
        credits,
        currency,
        occurred_at,
        entry_date
    from billing
    where kind = 'invoice'
),

added_up as (
    select
        tenant_id,
        invoice_id,
        min(entry_date) as issued_on,
        max(cast(occurred_at as date)) as last_line_on,
        min(period_start) as period_start,
        max(period_end) as period_end,
        case when min(currency) = max(currency) then min(currency) end as currency,
        case when min(currency) = max(currency) then cast(sum(amount) as decimal(38, 6)) end as invoiced_amount,
        cast(sum(credits) as decimal(38, 6)) as invoiced_credits
    from lines
    group by tenant_id, invoice_id
),

-- An invoice that names no period at all is for the calendar month before it.
dated as (
    select
        tenant_id,
        invoice_id,
        issued_on,
        last_line_on,
        coalesce(period_start, cast(date_trunc('month', issued_on) - interval '1' month as date)) as period_start,
        coalesce(period_end, cast(date_trunc('month', issued_on) as date)) as period_end,
        currency,
        invoiced_amount,
        invoiced_credits
    from added_up
),

invoices as (
    select
        dated.*,
        as_of.timezone,
        as_of.as_of_date,
        -- What landed later could not be on the invoice, nor was it due on it before its period was over.
        greatest(dated.last_line_on, dated.period_end) as known_by
    from dated
    inner join as_of
        on dated.tenant_id = as_of.tenant_id
)

select * from invoices
