{{ config(materialized='tallybook_view', meta={'closed_by': 'entry_date', 'ends_as_of': true}) }}
{%- set taken_over = billing_columns().split(', ') | reject('in', ['billing_id', 'invoice_id', 'named_pool', 'description']) | join(', ') %}

with dated as (
    select * from {{ ref('int_billing_dated') }}
),

booked as (
    select * from {{ ref('int_billing_booked') }}
),

billing_adjustments as (
    select * from {{ ref('int_billing_adjustments') }}
),

spend_adjustments as (
    select * from {{ ref('int_spend_adjustments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

-- What is booked in a closed month stays there, whatever its date is now.
entered as (
    select tenant_id, entry_date, '(none)' as adjusted_month, {{ billing_columns() }}
    from dated
    where not exists (
        select 1
        from booked
        where dated.tenant_id = booked.tenant_id and dated.billing_id = booked.billing_id
    )
),

adjusted as (
    select
        tenant_id,
        posted_on as entry_date,
        month as adjusted_month,
        billing_id || ', posted ' || cast(posted_on as varchar) || ' (' || cast(place as varchar) || ')' as billing_id,
        -- An invoice without a number of its own stays the same invoice.
        case when kind = 'invoice' then coalesce(invoice_id, billing_id) else invoice_id end as invoice_id,
        -- A grant that is taken back draws on its own pool first.
        case when kind in ('refund', 'adjustment') then named_pool else pool end as named_pool,
        coalesce(description, replace(kind, '_', ' ')) || ', late for ' || month as description,
        {{ taken_over }}
    from billing_adjustments
),

-- Spend that was taken back comes in as credits.
given_back as (
    select
        late.tenant_id,
        late.posted_on as entry_date,
        late.month as adjusted_month,
        late.kind || ' of ' || late.month || ': ' || late.demand_id || ', posted ' || cast(late.posted_on as varchar)
            as billing_id,
        cast(null as varchar) as named_pool,
        late.kind || ' of ' || late.month || ' taken back: ' || late.demand_id as description,
        'adjustment' as kind,
        'topup' as pool,
        - late.credits as credits,
        {{ currency_of('tenants') }} as currency,
        coalesce(tenants.burn_order, 'expiry') as burn_order,
        cast(late.posted_on as timestamp) as occurred_at
    from spend_adjustments as late
    left join tenants
        on late.tenant_id = tenants.tenant_id
    where late.credits < 0
),

entries as (
    select tenant_id, entry_date, adjusted_month, {{ billing_columns() }} from entered
    union all
    select tenant_id, entry_date, adjusted_month, {{ billing_columns() }} from adjusted
    union all
    select tenant_id, entry_date, adjusted_month, {{ billing_columns(absent=[
        'invoice_id', 'corrects_invoice_id', 'amount', 'tax_amount', 'credit_price', 'priority', 'expires_on', 'period_start',
        'period_end', 'due_on'
    ]) }} from given_back
),

shown as (
    select entries.*
    from entries
    inner join as_of
        on entries.tenant_id = as_of.tenant_id
        and entries.entry_date <= as_of.as_of_date
)

select * from shown
