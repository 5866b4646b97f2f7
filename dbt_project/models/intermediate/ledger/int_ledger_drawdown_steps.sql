{{ config(materialized='tallybook_table') }}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

demand as (
    select * from {{ ref('int_ledger_demand') }}
),

withdrawals as (
    select tenant_id, entry_date as first_date, named_pool as pool, -credits as demanded, occurred_at, billing_id
    from billing
    where {{ moves_credits('kind') }} and credits < 0
),

-- Between these dates no lot comes or goes, so that all spend of the time between draws on the same row of lots.
starts as (
    select tenant_id, granted_on as first_date from lots
    union
    select tenant_id, expired_on as first_date from lots where expired_on is not null
    union
    select tenant_id, first_date from withdrawals
    union
    select tenant_id, min(usage_date) as first_date from demand group by tenant_id
),

spans as (
    select
        tenant_id,
        first_date,
        coalesce(
            {{ date_minus('lead(first_date) over (partition by tenant_id order by first_date)', 1) }}, date '9999-12-31'
        ) as last_date
    from starts
),

daily_demand as (
    select tenant_id, usage_date, sum(credits) as credits
    from demand
    group by tenant_id, usage_date
),

spending as (
    select spans.tenant_id, spans.first_date, spans.last_date, coalesce(sum(daily_demand.credits), 0) as demanded
    from spans
    left join daily_demand
        on spans.tenant_id = daily_demand.tenant_id
        and daily_demand.usage_date between spans.first_date and spans.last_date
    group by spans.tenant_id, spans.first_date, spans.last_date
),

steps as (
    select tenant_id, first_date, first_date as last_date, 'withdrawal' as draw_type, pool, billing_id, occurred_at, demanded
    from withdrawals
    union all
    select
        tenant_id, first_date, last_date, 'spend' as draw_type, cast(null as varchar) as pool,
        cast(null as varchar) as billing_id, cast(null as timestamp) as occurred_at, demanded
    from spending
),

numbered as (
    select
        tenant_id,
        cast(row_number() over (
            partition by tenant_id order by first_date, draw_type desc, occurred_at, billing_id
        ) as integer) as step,
        first_date,
        last_date,
        draw_type,
        pool,
        billing_id,
        cast(demanded as decimal(38, 6)) as demanded,
        row_number() over (partition by tenant_id, first_date order by draw_type desc, occurred_at, billing_id) = 1
            as is_first_of_date
    from steps
)

select * from numbered
