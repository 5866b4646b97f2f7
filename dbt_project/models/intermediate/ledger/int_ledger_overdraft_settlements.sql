{{ config(materialized='tallybook_view') }}

with levels as (
    select * from {{ ref('int_ledger_lot_balances') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

draws as (
    select * from {{ ref('int_ledger_lot_consumption') }}
),

paid_off as (
    select
        lots.tenant_id,
        lots.granted_on as settled_on,
        lots.lot_id,
        sum(levels.settled) over in_order - levels.settled as paid_from,
        sum(levels.settled) over in_order as paid_to
    from levels
    inner join lots
        on levels.tenant_id = lots.tenant_id
        and levels.burn_rank = lots.burn_rank
    where levels.settled > 0
    window in_order as (
        partition by lots.tenant_id
        order by lots.granted_on, lots.occurred_at, lots.lot_id
        rows between unbounded preceding and current row
    )
),

owed as (
    select
        *,
        sum(credits) over in_order - credits as owed_from,
        sum(credits) over in_order as owed_to
    from draws
    where pool = 'overdraft'
    window in_order as (
        partition by tenant_id
        order by usage_date, draw_type desc, demand_type desc, demand_id
        rows between unbounded preceding and current row
    )
),

-- The oldest overdraft is paid off first.
settlements as (
    select
        paid_off.tenant_id,
        paid_off.settled_on,
        paid_off.lot_id,
        owed.usage_date,
        owed.draw_type,
        owed.demand_type,
        owed.demand_id,
        cast(least(owed.owed_to, paid_off.paid_to) - greatest(owed.owed_from, paid_off.paid_from) as decimal(38, 6))
            as credits
    from paid_off
    inner join owed
        on paid_off.tenant_id = owed.tenant_id
        and owed.owed_from < paid_off.paid_to
        and paid_off.paid_from < owed.owed_to
)

select * from settlements
