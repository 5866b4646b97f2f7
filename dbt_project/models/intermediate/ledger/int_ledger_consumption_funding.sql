{{ config(materialized='ephemeral') }}

with draws as (
    select * from {{ ref('int_ledger_lot_consumption') }}
),

settlements as (
    select * from {{ ref('int_ledger_overdraft_settlements') }}
),

settled as (
    select tenant_id, usage_date, draw_type, demand_type, demand_id, sum(credits) as credits
    from settlements
    group by tenant_id, usage_date, draw_type, demand_type, demand_id
),

-- What no lot covered on its date belongs to the lot that paid it off later, and to none until then.
paid as (
    select tenant_id, usage_date, draw_type, demand_type, demand_id, lot_id, usage_date as paid_on, credits
    from draws
    where pool <> 'overdraft'
    union all
    select tenant_id, usage_date, draw_type, demand_type, demand_id, lot_id, settled_on as paid_on, credits
    from settlements
    union all
    select
        draws.tenant_id, draws.usage_date, draws.draw_type, draws.demand_type, draws.demand_id,
        cast(null as varchar) as lot_id, cast(null as date) as paid_on,
        draws.credits - coalesce(settled.credits, 0) as credits
    from draws
    left join settled
        on draws.tenant_id = settled.tenant_id
        and draws.usage_date = settled.usage_date
        and draws.draw_type = settled.draw_type
        and draws.demand_type = settled.demand_type
        and draws.demand_id = settled.demand_id
    where draws.pool = 'overdraft' and draws.credits > coalesce(settled.credits, 0)
)

select * from paid
