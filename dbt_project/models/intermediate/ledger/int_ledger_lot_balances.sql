{{ config(materialized='tallybook_table') }}
{#-
  One round of the recursion takes one step of every tenant at once. An engine without recursive queries does the same by
  folding each tenant's array of steps over an array of lots.
-#}
{%- set no_credits = 'cast(0 as decimal(38, 6))' %}
{%- set overdraft_rank = 2147483647 %}

with recursive lots as (
    select * from {{ ref('int_ledger_lots') }}
),

steps as (
    select * from {{ ref('int_ledger_drawdown_steps') }}
),

levels as (
    select distinct
        tenant_id,
        0 as step,
        {{ overdraft_rank }} as burn_rank,
        cast(null as varchar) as pool,
        cast(null as date) as expires_on,
        {{ no_credits }} as settled,
        {{ no_credits }} as available,
        {{ no_credits }} as drawn
    from steps
    union all
    (
        with due as (
            select steps.*, levels.drawn - levels.available as overdraft
            from levels
            inner join steps
                on levels.tenant_id = steps.tenant_id
                and levels.step + 1 = steps.step
            where levels.burn_rank = {{ overdraft_rank }}
        ),

        arriving as (
            select
                due.tenant_id,
                lots.burn_rank,
                lots.pool,
                lots.expires_on,
                lots.credits,
                coalesce(lots.expires_on < due.first_date, false) as is_over,
                cast(case when lots.is_late then 0
                    else least(lots.credits, greatest(due.overdraft - lots.arrived_before, 0)) end
                    as decimal(38, 6)) as settled
            from due
            inner join lots
                on due.tenant_id = lots.tenant_id and due.first_date = lots.granted_on and due.is_first_of_date
        ),

        usable as (
            select levels.tenant_id, levels.burn_rank, levels.pool, levels.expires_on, {{ no_credits }} as settled,
                levels.available - levels.drawn as available
            from levels
            inner join due
                on levels.tenant_id = due.tenant_id
                and coalesce(levels.expires_on >= due.first_date, true)
            where levels.available > levels.drawn
            union all
            select tenant_id, burn_rank, pool, expires_on, settled,
                case when is_over then 0 else credits - settled end as available
            from arriving
            union all
            select due.tenant_id, {{ overdraft_rank }} as burn_rank, cast(null as varchar) as pool,
                cast(null as date) as expires_on, {{ no_credits }} as settled,
                coalesce(paid_off.settled, 0) - due.overdraft as available
            from due
            left join (select tenant_id, sum(settled) as settled from arriving group by tenant_id) as paid_off
                on due.tenant_id = paid_off.tenant_id
        ),

        -- One running sum over all tenants, less what it was as each began: many small windows cost ten times as much.
        ordered as (
            select usable.*, due.step, due.demanded, coalesce(sum(greatest(usable.available, 0)) over (
                order by usable.tenant_id, coalesce(usable.pool = due.pool, false) desc, usable.burn_rank
                rows between unbounded preceding and 1 preceding
            ), 0) as sum_before
            from usable
            inner join due
                on usable.tenant_id = due.tenant_id
        ),

        asked as (
            select ordered.*, greatest(ordered.demanded - (ordered.sum_before - firsts.sum_before), 0) as wanted
            from ordered
            inner join (select tenant_id, min(sum_before) as sum_before from ordered group by tenant_id) as firsts
                on ordered.tenant_id = firsts.tenant_id
        )

        select tenant_id, step, burn_rank, pool, expires_on, settled, cast(available as decimal(38, 6)) as available,
            cast(case burn_rank when {{ overdraft_rank }} then wanted else least(available, wanted) end as decimal(38, 6))
                as drawn
        from asked
    )
)

select * from levels
