with costs as (
    select * from {{ ref('int_ledger_costs') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

fx_periods as (
    select * from {{ ref('int_fx_periods') }}
),

-- What a lot had cost the tenant is the publisher's revenue as its credits are used.
earned as (
    select
        costs.tenant_id,
        costs.usage_date,
        {{ used_id('costs.demand_type', 'costs.demand_id') }} as model_id,
        {{ currency_of('tenants', named='costs.currency') }} as currency,
        cast(sum(costs.cost) as decimal(38, 12)) as revenue,
        cast(coalesce(sum(costs.credits) filter (where costs.lot_id is null), 0) as decimal(38, 6)) as unpaid_credits,
        cast(coalesce(sum(costs.credits) filter (where lots.is_unpriced), 0) as decimal(38, 6)) as unpriced_credits
    from costs
    left join lots
        on costs.tenant_id = lots.tenant_id
        and costs.lot_id = lots.lot_id
    left join tenants
        on costs.tenant_id = tenants.tenant_id
    where costs.draw_type = 'spend' and costs.demand_type in ('model', 'late_model')
    group by
        costs.tenant_id, costs.usage_date, {{ used_id('costs.demand_type', 'costs.demand_id') }},
        {{ currency_of('tenants', named='costs.currency') }}
),

converted as (
    select
        earned.*,
        case
            when earned.revenue = 0 then cast(0 as decimal(38, 12))
            else {{ in_other_currency('earned.revenue', 'fx_periods.usd_per_unit') }}
        end as revenue_usd
    from earned
    left join fx_periods
        on earned.currency = fx_periods.currency
        and earned.usage_date >= fx_periods.first_date
        and earned.usage_date < fx_periods.next_first_date
)

select * from converted
