{{ config(materialized='tallybook_table') }}
{%- set overdraft_place = 2147483647 %}

with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

settlements as (
    select tenant_id, lot_id, sum(credits) as credits
    from {{ ref('int_ledger_overdraft_settlements') }}
    group by tenant_id, lot_id
),

draws as (
    select * from {{ ref('int_ledger_lot_consumption') }}
),

expiries as (
    select * from {{ ref('int_ledger_lot_expiries') }}
),

granted as (
    select billing.*, coalesce(settlements.credits, 0) as settled
    from billing
    left join settlements
        on billing.tenant_id = settlements.tenant_id
        and billing.billing_id = settlements.lot_id
    where {{ is_grant('billing.kind', 'billing.credits') }}
),

drawn as (
    select
        draws.tenant_id,
        draws.usage_date,
        draws.draw_type,
        draws.demand_type,
        draws.demand_id,
        draws.pool,
        sum(draws.credits) as credits,
        min(coalesce(lots.burn_rank, {{ overdraft_place }})) as burn_rank
    from draws
    left join lots
        on draws.tenant_id = lots.tenant_id
        and draws.lot_id = lots.lot_id
    group by draws.tenant_id, draws.usage_date, draws.draw_type, draws.demand_type, draws.demand_id, draws.pool
),

-- Phases in the order in which a date goes by; within one by occurred_at, origin and place.
entries as (
    select
        tenant_id,
        expired_on as entry_date,
        'expiry' as entry_type,
        -- What came too late to be used expires right after it came.
        case when granted_on = expired_on then 2 else 1 end as phase,
        occurred_at,
        'billing' as origin_type,
        lot_id as origin_id,
        granted_on as origin_date,
        3 as place,
        pool,
        -credits as credits
    from expiries
    union all
    select tenant_id, entry_date, 'grant', 2, occurred_at, 'billing', billing_id, entry_date, 1, 'overdraft', settled
    from granted
    where settled > 0
    union all
    select tenant_id, entry_date, 'grant', 2, occurred_at, 'billing', billing_id, entry_date, 2, pool, credits - settled
    from granted
    where credits > settled or settled = 0
    union all
    select
        drawn.tenant_id, drawn.usage_date, 'withdrawal', 3, billing.occurred_at, 'billing', drawn.demand_id,
        drawn.usage_date, case when drawn.pool = billing.named_pool then 0 else drawn.burn_rank end, drawn.pool, -drawn.credits
    from drawn
    inner join billing
        on drawn.tenant_id = billing.tenant_id
        and drawn.demand_id = billing.billing_id
    where drawn.draw_type = 'withdrawal'
    union all
    select
        tenant_id, usage_date, 'spend', case when demand_type in ('model', 'late_model') then 4 else 5 end, cast(null as timestamp),
        demand_type, demand_id, usage_date, burn_rank, pool, -credits
    from drawn
    where draw_type = 'spend'
    union all
    select tenant_id, entry_date, kind, 6, occurred_at, 'billing', billing_id, entry_date, 1, '(none)', 0
    from billing
    where not ({{ moves_credits('kind') }})
)

select * from entries
