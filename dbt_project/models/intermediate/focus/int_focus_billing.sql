{{ config(materialized='ephemeral') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

costs as (
    select
        *,
        sum(credits) over (
            partition by tenant_id, demand_id
            order by usage_date, credits > 0, paid_on nulls last, lot_id, corrected_on
            rows between unbounded preceding and current row
        ) as taken_to
    from {{ ref('int_ledger_costs') }}
    where draw_type = 'withdrawal'
),

moves as (
    select
        tenant_id, lot_id as billing_id, 'Grant' as charge_type, cast(null as date) as charge_date,
        cast(null as date) as corrected_on, cast(null as varchar) as corrected_terms, lot_id, pool, amount,
        credits as units,
        cast(amount as decimal(38, 12)) as billed, credits as moved,
        cast(greatest(amount, 0) as decimal(38, 12)) as deferred
    from lots
    union all
    -- What is taken back is taken out of lots: the event's money goes along with its credits.
    select
        costs.tenant_id, billing.billing_id, 'Withdrawal' as charge_type, costs.usage_date as charge_date,
        costs.corrected_on, {{ corrected_terms('costs') }} as corrected_terms, costs.lot_id, costs.pool,
        coalesce(billing.amount, 0) as amount, -billing.credits as units,
        coalesce(sign(billing.amount) * (
            {{ cut_share('abs(billing.amount)', 'costs.taken_to', '(-billing.credits)') }}
            - {{ cut_share('abs(billing.amount)', '(costs.taken_to - costs.credits)', '(-billing.credits)') }}
        ), 0) as billed,
        -costs.credits as moved,
        -costs.cost as deferred
    from costs
    inner join billing
        on costs.tenant_id = billing.tenant_id
        and costs.demand_id = billing.billing_id
    union all
    select
        tenant_id, billing_id, 'Fee' as charge_type, cast(null as date) as charge_date,
        cast(null as date) as corrected_on, cast(null as varchar) as corrected_terms,
        cast(null as varchar) as lot_id, pool, amount, 1 as units,
        cast(amount as decimal(38, 12)) as billed, 0 as moved, 0 as deferred
    from billing
    where {{ moves_credits('kind') }} and credits = 0 and amount <> 0
),

documents as (
    select documents.tenant_id, documents.document_id, documents.invoice_id, invoices.currency
    from {{ ref('int_invoice_documents') }} as documents
    inner join {{ ref('int_invoices') }} as invoices
        on documents.tenant_id = invoices.tenant_id
        and documents.invoice_id = invoices.invoice_id
),

classified as (
    select
        moves.*,
        billing.kind,
        billing.description,
        -- An invoice in other money bills something else; what was taken back an invoice takes back by its credit note.
        case
            when moves.charge_type = 'Withdrawal' then null
            when documents.invoice_id is null then billing.invoice_id
            when coalesce(documents.currency, billing.currency) = billing.currency then documents.invoice_id
        end as invoice_id,
        billing.currency,
        coalesce(moves.charge_date, billing.entry_date) as charged_on,
        billing.expires_on,
        coalesce({{ month_name('moves.corrected_on') }}, nullif(billing.adjusted_month, '(none)')) as corrected_month,
        case
            when moves.charge_type = 'Grant' and moves.billed > 0 then 'Purchase'
            when billing.kind = 'adjustment' or billing.kind = 'refund' and moves.charge_type = 'Grant' then 'Adjustment'
            when billing.kind = 'promo_grant' or moves.charge_type = 'Grant' then 'Credit'
            else 'Purchase'
        end as charge_category,
        cast({{ cut_share('abs(moves.amount)', '1', 'moves.units') }} as decimal(38, 12)) as money_per_unit
    from moves
    inner join billing
        on moves.tenant_id = billing.tenant_id
        and moves.billing_id = billing.billing_id
    left join documents
        on billing.tenant_id = documents.tenant_id
        and billing.invoice_id = documents.document_id
),

charges as (
    select
        tenant_id,
        charged_on as charge_date,
        charge_type,
        kind as source_kind,
        billing_id as source_id,
        corrected_month,
        corrected_on,
        corrected_terms,
        lot_id,
        pool,
        cast(null as varchar) as funding,
        cast(null as varchar) as team_id,
        cast(null as varchar) as tags,
        charge_category,
        case when charge_category = 'Purchase' and kind = 'plan_grant' then 'Recurring' else 'One-Time' end as charge_frequency,
        description,
        invoice_id,
        'Credits and Fees' as service_name,
        case
            when charge_category <> 'Purchase' then null
            when charge_type = 'Fee' then 'fees/' || kind
            else 'credits/' || coalesce(pool, 'overdraft')
        end as sku_of,
        case when charge_category = 'Purchase' then case charge_type when 'Fee' then 'Charges' else 'Credits' end end as meter,
        cast(case charge_type when 'Fee' then sign(amount) else moved end as decimal(38, 6)) as units,
        money_per_unit,
        billed,
        cast(case when charge_category = 'Purchase' and charge_type <> 'Fee' then 0 else billed end as decimal(38, 12))
            as effective,
        deferred,
        moved,
        currency,
        case when charge_type = 'Grant' then expires_on end as ends_on
    from classified
)

select * from charges
