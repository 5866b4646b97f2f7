{{ config(materialized='tallybook_table') }}

with levels as (
    select * from {{ ref('int_ledger_lot_balances') }}
),

steps as (
    select * from {{ ref('int_ledger_drawdown_steps') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

demand as (
    select * from {{ ref('int_ledger_demand') }}
),

-- What was asked for and what the lots gave are the same length of credits, cut at different places: a piece between two cuts
-- is one demand's share of one lot.
given as (
    select
        steps.tenant_id,
        steps.step,
        coalesce(lots.lot_id, '(overdraft)') as lot_id,
        coalesce(lots.pool, 'overdraft') as pool,
        sum(levels.drawn) over in_order - levels.drawn as given_from,
        sum(levels.drawn) over in_order as given_to
    from levels
    inner join steps
        on levels.tenant_id = steps.tenant_id
        and levels.step = steps.step
    left join lots
        on levels.tenant_id = lots.tenant_id
        and levels.burn_rank = lots.burn_rank
    where levels.drawn > 0
    window in_order as (
        partition by steps.tenant_id, steps.step
        order by coalesce(levels.pool = steps.pool, false) desc, levels.burn_rank
        rows between unbounded preceding and current row
    )
),

-- Each date of demand in its step, as rows to join on: a join on "between" looks at every step for every date.
step_days as (
    select
        steps.tenant_id,
        steps.step,
        {{ dates_between('steps.first_date', 'least(steps.last_date, ends.last_date)') }} as usage_date
    from steps
    inner join (select tenant_id, max(usage_date) as last_date from demand group by tenant_id) as ends
        on steps.tenant_id = ends.tenant_id
    where steps.draw_type = 'spend' and steps.first_date <= ends.last_date
),

asked as (
    select
        demand.tenant_id,
        step_days.step,
        'spend' as draw_type,
        demand.usage_date,
        demand.demand_type,
        demand.demand_id,
        demand.credits
    from demand
    inner join step_days
        on demand.tenant_id = step_days.tenant_id
        and demand.usage_date = step_days.usage_date
    union all
    select tenant_id, step, draw_type, first_date, 'billing' as demand_type, billing_id as demand_id, demanded
    from steps
    where draw_type = 'withdrawal'
),

asked_in_order as (
    select
        *,
        sum(credits) over in_order - credits as asked_from,
        sum(credits) over in_order as asked_to
    from asked
    window in_order as (
        partition by tenant_id, step
        order by usage_date, demand_type desc, demand_id
        rows between unbounded preceding and current row
    )
),

draws as (
    select
        asked_in_order.tenant_id,
        asked_in_order.usage_date,
        asked_in_order.draw_type,
        asked_in_order.demand_type,
        asked_in_order.demand_id,
        given.pool,
        given.lot_id,
        cast(least(asked_in_order.asked_to, given.given_to) - greatest(asked_in_order.asked_from, given.given_from)
            as decimal(38, 6)) as credits
    from asked_in_order
    inner join given
        on asked_in_order.tenant_id = given.tenant_id
        and asked_in_order.step = given.step
        and asked_in_order.asked_from < given.given_to
        and given.given_from < asked_in_order.asked_to
)

select * from draws
