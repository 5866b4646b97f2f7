{#- What a row is of, besides its amounts. -#}
{%- set keys = ['tenant_id', 'usage_date', 'model_id', 'pool', 'adjusted_month', 'currency', 'rated_on'] %}

with costs as (
    select * from {{ ref('int_ledger_costs') }}
),

lots as (
    select * from {{ ref('int_ledger_lots') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
),

fx_periods as (
    select * from {{ ref('int_fx_periods') }}
),

-- What a lot had cost the tenant is the publisher's revenue as its credits are used; what is used on account earns its price.
spent as (
    select
        costs.tenant_id,
        costs.usage_date,
        {{ used_id('costs.demand_type', 'costs.demand_id') }} as model_id,
        -- The pool of the statement's line: what a lot paid off later was overdraft on its date. No line has what is corrected.
        case
            when costs.corrected_on is not null then '(none)'
            when costs.lot_id is null or costs.paid_on > costs.usage_date then 'overdraft'
            else costs.pool
        end as pool,
        case
            when costs.corrected_on is not null then {{ month_name('costs.corrected_on') }}
            when costs.demand_type = 'late_model' then {{ late_month('costs.demand_id') }}
            else '(none)'
        end as adjusted_month,
        {{ currency_of('tenants', named='coalesce(prices.currency, costs.currency)') }} as currency,
        {{ rated_on('lots.granted_on', 'costs.usage_date') }} as rated_on,
        costs.credits,
        case
            when prices.tenant_id is null then costs.cost
            else {{ or_unknown('cast(' ~ money_for('costs.credits', 'prices.credit_price') ~ ' as decimal(38, 12))', 'prices.credit_price') }}
        end as revenue,
        costs.lot_id is null and prices.tenant_id is null as is_unpaid,
        coalesce(lots.is_unpriced, false) as is_unpriced
    from costs
    left join lots
        on costs.tenant_id = lots.tenant_id
        and costs.lot_id = lots.lot_id
    left join tenants
        on costs.tenant_id = tenants.tenant_id
    left join prices
        on costs.lot_id is null
        and tenants.billing_mode = 'postpaid'
        and costs.tenant_id = prices.tenant_id
        and coalesce(costs.corrected_on, costs.usage_date) >= prices.first_date
        and coalesce(costs.corrected_on, costs.usage_date) < prices.next_first_date
    where costs.draw_type = 'spend' and costs.demand_type in ('model', 'late_model')
),

earned as (
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        cast(sum(credits) as decimal(38, 6)) as credits,
        cast(coalesce(sum(revenue), 0) as decimal(38, 12)) as revenue,
        cast(coalesce(sum(credits) filter (where is_unpaid), 0) as decimal(38, 6)) as unpaid_credits,
        cast(coalesce(sum(credits) filter (where is_unpriced or revenue is null), 0) as decimal(38, 6)) as unpriced_credits
    from spent
    group by {{ keys | join(', ') }}
),

converted as (
    select
        {%- for key in keys %}
        earned.{{ key }},
        {%- endfor %}
        earned.credits,
        earned.revenue,
        earned.unpaid_credits,
        earned.unpriced_credits,
        case
            when earned.revenue = 0 then cast(0 as decimal(38, 12))
            else {{ in_other_currency('earned.revenue', 'fx_periods.usd_per_unit') }}
        end as revenue_usd,
        fx_periods.usd_per_unit,
        case when earned.currency <> 'USD' then fx_periods.first_date end as rate_date
    from earned
    left join fx_periods
        on earned.currency = fx_periods.currency
        and earned.rated_on >= fx_periods.first_date
        and earned.rated_on < fx_periods.next_first_date
)

select * from converted
