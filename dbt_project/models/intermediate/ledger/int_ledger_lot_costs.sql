{{ config(materialized='ephemeral') }}

with uses as (
    select * from {{ ref('int_ledger_consumption_funding') }}
),

losses as (
    select * from {{ ref('int_ledger_lot_losses') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

left_lots as (
    select
        tenant_id, usage_date, draw_type, demand_type, demand_id, lot_id, paid_on, credits
    from uses
    union all
    select
        tenant_id, lost_on as usage_date, 'expiry' as draw_type, 'lot' as demand_type, lot_id as demand_id,
        lot_id, lost_on as paid_on, credits
    from losses
),

-- In the order in which they leave the lot: what it paid off on arrival, what was drawn, what was left as it expired.
placed as (
    select
        left_lots.*,
        lots.pool,
        lots.currency,
        greatest(lots.amount, 0) as lot_paid,
        lots.credits as lot_credits,
        sum(left_lots.credits) over in_order as lot_to
    from left_lots
    left join lots
        on left_lots.tenant_id = lots.tenant_id
        and left_lots.lot_id = lots.lot_id
    window in_order as (
        partition by left_lots.tenant_id, left_lots.lot_id
        order by
            left_lots.draw_type = 'expiry',
            left_lots.usage_date,
            left_lots.draw_type desc,
            left_lots.demand_type desc,
            left_lots.demand_id
        rows between unbounded preceding and current row
    )
),

costs as (
    select
        tenant_id,
        usage_date,
        draw_type,
        demand_type,
        demand_id,
        lot_id,
        pool,
        paid_on,
        currency,
        credits,
        {{ cut_share('lot_paid', '1', 'lot_credits') }} as cost_per_credit,
        -- What no lot covers costs nothing, however much it is.
        coalesce({{ or_unknown(
            cut_share('lot_paid', 'lot_to', 'lot_credits') ~ ' - ' ~ cut_share('lot_paid', '(lot_to - credits)', 'lot_credits'),
            'lot_credits'
        ) }}, 0) as cost
    from placed
)

select * from costs
