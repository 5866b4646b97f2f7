{{ config(materialized='tallybook_view') }}

with losses as (
    select * from {{ ref('int_ledger_lot_losses') }}
),

expiries as (
    select
        tenant_id,
        expired_on,
        lot_id,
        pool,
        granted_on,
        occurred_at,
        credits
    from losses
    where expired_on is not null
)

select * from expiries
