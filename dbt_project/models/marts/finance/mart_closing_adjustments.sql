with spend as (
    select * from {{ ref('int_spend_adjustments') }}
),

billing as (
    select * from {{ ref('int_billing_adjustments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

adjustments as (
    select
        tenant_id,
        month,
        posted_on,
        kind,
        case when kind = 'usage' then demand_id else '(none)' end as model_id,
        case when kind = 'job' then demand_id else '(none)' end as job_id,
        '(none)' as billing_id,
        cast(1 as bigint) as entry,
        '(none)' as billing_kind,
        {{ measures_of('spend') | indent(8) }},
        job_runs,
        cast(null as decimal(38, 6)) as amount,
        cast(null as varchar) as currency
    from spend
    union all
    select
        tenant_id,
        month,
        posted_on,
        'billing' as kind,
        '(none)' as model_id,
        '(none)' as job_id,
        billing_id,
        place as entry,
        kind as billing_kind,
        {{ measures_given({'credits': 'cast(coalesce(credits, 0) as decimal(38, 6)) '}) | indent(8) }},
        0 as job_runs,
        amount,
        currency
    from billing
),

shown as (
    select
        adjustments.tenant_id,
        adjustments.month,
        adjustments.posted_on,
        adjustments.kind,
        adjustments.model_id,
        adjustments.job_id,
        adjustments.billing_id,
        adjustments.entry,
        adjustments.billing_kind,
        {{ measures_of('adjustments') | indent(8) }},
        adjustments.job_runs,
        cast(adjustments.amount as decimal(38, 6)) as amount,
        adjustments.currency,
        'Correction' as charge_class
    from adjustments
    inner join as_of
        on adjustments.tenant_id = as_of.tenant_id
        and adjustments.posted_on <= as_of.as_of_date
)

select * from shown
