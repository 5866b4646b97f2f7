-- Where lots do not foot: more taken from one than it had, something left of an expired one, lots of a pool that are not its
-- closing on the last date, the overdraft not what draws left unpaid.
with balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

lot_moves as (
    select tenant_id, lot_id, pool, credits from {{ ref('int_ledger_lot_consumption') }}
    union all
    select tenant_id, lot_id, 'settled' as pool, credits from {{ ref('int_ledger_overdraft_settlements') }}
    union all
    select tenant_id, lot_id, pool, credits from {{ ref('int_ledger_lot_expiries') }}
),

lot_use as (
    select tenant_id, lot_id, sum(credits) as credits
    from lot_moves
    group by tenant_id, lot_id
),

lots_left as (
    select
        lots.tenant_id,
        lots.lot_id,
        lots.pool,
        lots.expired_on,
        lots.credits - coalesce(lot_use.credits, 0) as left_over
    from lots
    left join lot_use
        on lots.tenant_id = lot_use.tenant_id
        and lots.lot_id = lot_use.lot_id
    union all
    select
        tenant_id,
        '(overdraft)' as lot_id,
        'overdraft' as pool,
        cast(null as date) as expired_on,
        sum(case when pool = 'settled' then credits else -credits end) as left_over
    from lot_moves
    where pool in ('settled', 'overdraft')
    group by tenant_id
),

left_by_pool as (
    select tenant_id, pool, sum(left_over) as left_over
    from lots_left
    group by tenant_id, pool
),

closings as (
    select tenant_id, pool, closing
    from (
        select *, row_number() over (partition by tenant_id, pool order by usage_date desc) as place
        from balance
    ) as from_last
    where place = 1
),

compared as (
    select 'rest of an expired lot' as what, tenant_id, lot_id as which, 0 as expected, left_over as found
    from lots_left
    where expired_on is not null
    union all
    select 'rest of a lot', tenant_id, lot_id, greatest(left_over, 0), left_over from lots_left where pool <> 'overdraft'
    union all
    select
        'last closing',
        coalesce(closings.tenant_id, left_by_pool.tenant_id),
        coalesce(closings.pool, left_by_pool.pool),
        coalesce(left_by_pool.left_over, 0),
        coalesce(closings.closing, 0)
    from closings
    full join left_by_pool
        on closings.tenant_id = left_by_pool.tenant_id
        and closings.pool = left_by_pool.pool
)

select * from compared
where expected <> found
