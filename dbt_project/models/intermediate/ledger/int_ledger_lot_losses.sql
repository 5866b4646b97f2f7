{{ config(materialized='tallybook_view') }}

with lots as (
    select * from {{ ref('int_ledger_lots') }}
),

levels as (
    select * from {{ ref('int_ledger_lot_balances') }}
),

used as (
    select tenant_id, burn_rank, sum(settled + drawn) as credits
    from levels
    group by tenant_id, burn_rank
),

losses as (
    select
        lots.tenant_id,
        lots.expired_on,
        lots.lost_on,
        lots.lot_id,
        lots.pool,
        lots.granted_on,
        lots.occurred_at,
        cast(lots.credits - used.credits as decimal(38, 6)) as credits
    from lots
    inner join used
        on lots.tenant_id = used.tenant_id
        and lots.burn_rank = used.burn_rank
    where lots.lost_on is not null and lots.credits > used.credits
)

select * from losses
