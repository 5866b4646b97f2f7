{{ config(materialized='ephemeral') }}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
),

-- Credits at one price are added up before they are money, so that they are rounded once.
by_price as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        -- A price in another currency than the invoice's says nothing about its amount.
        case when prices.currency = invoices.currency and prices.credit_price > 0 then prices.credit_price end as credit_price,
        sum(usage.credits) as credits,
        sum(usage.requests + usage.runs + usage.calls) as events
    from invoices
    inner join usage
        on invoices.tenant_id = usage.tenant_id
        and usage.usage_date >= invoices.period_start
        and usage.usage_date < invoices.period_end
    left join prices
        on usage.tenant_id = prices.tenant_id
        and usage.usage_date >= prices.first_date
        and usage.usage_date < prices.next_first_date
    group by invoices.tenant_id, invoices.invoice_id, invoices.currency, prices.currency, prices.credit_price
),

metered as (
    select
        tenant_id,
        invoice_id,
        cast(sum(credits) as decimal(38, 6)) as credits,
        cast(sum(events) as bigint) as events,
        cast(case when count({{ money_for('credits', 'credit_price') }}) = count(*)
            then sum({{ money_for('credits', 'credit_price') }}) end as decimal(38, 6)) as amount,
        count(*) > count(credit_price) as lacks_price
    from by_price
    group by tenant_id, invoice_id
)

select * from metered
