-- Where the ledger breaks one of its identities: by pool and day, in total, by lot, against the facts.

with balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

draws as (
    select * from {{ ref('int_ledger_draws') }}
),

settlements as (
    select * from {{ ref('int_ledger_settlements') }}
),

expiries as (
    select * from {{ ref('int_ledger_expiries') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

jobs as (
    select * from {{ ref('mart_job_daily') }}
),

days as (
    select
        tenant_id,
        usage_date,
        pool,
        opening + granted - spent - withdrawn - expired as expected_closing,
        closing,
        opening,
        coalesce(lag(closing) over (partition by tenant_id, pool order by usage_date), 0) as expected_opening,
        row_number() over (partition by tenant_id, pool order by usage_date desc) = 1 as is_last
    from balance
),

lot_moves as (
    select tenant_id, lot_id, credits from draws
    union all
    select tenant_id, lot_id, credits from settlements
    union all
    select tenant_id, lot_id, credits from expiries
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
),

left_by_pool as (
    select tenant_id, pool, sum(left_over) as left_over
    from lots_left
    group by tenant_id, pool
),

used as (
    select tenant_id, sum(credits) as credits
    from (select tenant_id, credits from usage union all select tenant_id, credits from jobs) as both_kinds
    group by tenant_id
),

spent as (
    select tenant_id, sum(spent) as credits
    from balance
    group by tenant_id
),

compared as (
    select
        'closing of ' || pool as what,
        tenant_id,
        cast(usage_date as varchar) as which,
        expected_closing as expected,
        closing as found
    from days
    union all
    select 'opening of ' || pool, tenant_id, cast(usage_date as varchar), expected_opening, opening from days
    union all
    select 'sign of ' || pool, tenant_id, cast(usage_date as varchar),
        case when pool = 'overdraft' then least(closing, 0) else greatest(closing, 0) end, closing
    from days
    union all
    select 'rest of an expired lot', tenant_id, lot_id, 0, left_over from lots_left where expired_on is not null
    union all
    select 'rest of a lot', tenant_id, lot_id, greatest(left_over, 0), left_over from lots_left
    union all
    select 'lots of ' || days.pool, days.tenant_id, 'last date', coalesce(left_by_pool.left_over, 0), days.closing
    from days
    left join left_by_pool
        on days.tenant_id = left_by_pool.tenant_id
        and days.pool = left_by_pool.pool
    where days.is_last and days.pool <> 'overdraft'
    union all
    select 'spent', coalesce(used.tenant_id, spent.tenant_id), 'all dates', coalesce(used.credits, 0),
        coalesce(spent.credits, 0)
    from used
    full join spent
        on used.tenant_id = spent.tenant_id
)

select * from compared
where expected <> found
