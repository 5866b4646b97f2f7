with lots as (
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

-- What paid off an overdraft never reaches the pool it was bought for.
granted as (
    select lots.tenant_id, lots.granted_on, lots.pool, lots.credits - coalesce(settlements.credits, 0) as credits
    from lots
    left join settlements
        on lots.tenant_id = settlements.tenant_id
        and lots.lot_id = settlements.lot_id
    union all
    select lots.tenant_id, lots.granted_on, 'overdraft' as pool, settlements.credits
    from lots
    inner join settlements
        on lots.tenant_id = settlements.tenant_id
        and lots.lot_id = settlements.lot_id
),

moves as (
    select tenant_id, granted_on as usage_date, pool, 'granted' as figure, credits from granted
    union all
    select
        tenant_id, usage_date, pool, case draw_type when 'spend' then 'spent' else 'withdrawn' end as figure, credits
    from draws
    union all
    select tenant_id, expired_on as usage_date, pool, 'expired' as figure, credits from expiries
)

select * from moves
