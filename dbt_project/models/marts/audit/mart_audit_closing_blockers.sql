{{ config(meta={'closed_by': none}) }}

with invoices as (
    select * from {{ ref('mart_invoice_reconciliation') }} where not ({{ is_closed('shown_on') }})
),

margins as (
    select *
    from {{ ref('mart_margin_monthly') }}
    where not ({{ is_closed("cast(month || '-01' as date)") }})
),

-- One that bills what was metered, and what bought credits had paid for, matches.
judged as (
    select
        tenant_id,
        invoice_id,
        currency,
        {{ month_name('shown_on') }} as month,
        case when status = 'matched' and charged_twice_credits > 0 then 'charged_twice' else status end as status,
        case when status = 'matched' then charged_twice_amount else difference_amount end as amount,
        case when status = 'matched' then charged_twice_credits else difference_credits end as credits
    from invoices
),

differing as (
    select
        month,
        'differing-invoices' as kind,
        tenant_id,
        invoice_id as subject_id,
        status,
        case when amount is not null then currency end as currency,
        amount,
        credits,
        cast(null as bigint) as requests,
        cast(null as bigint) as runs,
        cast(null as bigint) as calls
    from judged
    where coalesce(status, '') <> 'matched'
),

unknown as (
    select
        month, 'unknown-costs', tenant_id, model_id, null, null, null, null, uncosted_requests,
        coalesce(uncosted_runs, 0), coalesce(uncosted_calls, 0)
    from margins
    where uncosted_requests > 0 or uncosted_runs > 0 or uncosted_calls > 0
),

-- Revenue of lots in several currencies is in US dollars, and unknown where any of them has no rate.
lacking as (
    select month, 'missing-rates', tenant_id, model_id, null, currency, revenue, null, null, null, null
    from margins
    where revenue_usd is null and coalesce(unpriced_credits, 0) = 0 and (revenue is not null or currency = 'USD')
),

blockers as (
    select * from differing
    union all
    select * from unknown
    union all
    select * from lacking
)

select * from blockers
