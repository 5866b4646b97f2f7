{{ config(materialized='ephemeral') }}

with costs as (
    select
        *,
        -- As a column: a condition on one side makes an engine compare every pair of an outer join.
        case when draw_type = 'spend' then demand_id end as spend_id,
        coalesce(corrected_on, usage_date) as used_on
    from {{ ref('int_ledger_costs') }}
    where draw_type in ('spend', 'expiry')
),

demand as (
    select * from {{ ref('int_ledger_demand') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
),

priced as (
    select
        costs.*,
        coalesce(demand.used_id, costs.demand_id) as used_id,
        replace(costs.demand_type, 'late_', '') as used_kind,
        coalesce({{ month_name('costs.corrected_on') }}, nullif(demand.adjusted_month, '(none)')) as corrected_month,
        {{ currency_of('tenants', named='costs.currency') }} as billing_currency,
        -- A price in another currency than the charge's says nothing about it.
        coalesce(
            costs.cost_per_credit,
            case when prices.currency = {{ currency_of('tenants', named='costs.currency') }} then prices.credit_price end,
            0
        ) as money_per_credit,
        -- What was given away has a list price all the same.
        coalesce(
            nullif(costs.cost_per_credit, 0),
            case when prices.currency = {{ currency_of('tenants', named='costs.currency') }} then prices.credit_price end,
            0
        ) as list_money_per_credit
    from costs
    left join tenants
        on costs.tenant_id = tenants.tenant_id
    left join prices
        on costs.tenant_id = prices.tenant_id
        and costs.used_on >= prices.first_date
        and costs.used_on < prices.next_first_date
    left join demand
        on costs.tenant_id = demand.tenant_id
        and costs.used_on = demand.usage_date
        and costs.demand_type = demand.demand_type
        and costs.spend_id = demand.demand_id
),

measured as (
    select
        *,
        -- Money above this makes prices of a thousand tokens that outgrow the decimals.
        credits_per_1k_tokens is not null
            and greatest(money_per_credit, list_money_per_credit) < 10000000 as is_in_tokens
    from priced
),

charges as (
    select
        tenant_id,
        usage_date as charge_date,
        case draw_type when 'expiry' then 'Expiry' else 'Usage' end as charge_type,
        used_kind as source_kind,
        used_id as source_id,
        corrected_month,
        corrected_on,
        {{ corrected_terms('measured') }} as corrected_terms,
        lot_id,
        pool,
        case when lot_id is null then 'Unfunded' when paid_on > used_on then 'Settled' else 'Funded' end as funding,
        'Usage' as charge_category,
        'Usage-Based' as charge_frequency,
        cast(null as varchar) as description,
        cast(null as varchar) as invoice_id,
        case used_kind when 'model' then 'Model Inference' when 'job' then 'Platform Jobs' else 'Credits and Fees' end
            as service_name,
        case when demand_type = 'lot' then 'credits/' || pool else used_kind || '/' || used_id end as sku_of,
        coalesce(case meter when 'input' then 'Input ' when 'output' then 'Output ' end, '')
            || case when is_in_tokens then 'Tokens' else 'Credits' end as meter,
        cast(case when is_in_tokens then tokens * 0.001 else credits end as decimal(38, 6)) as units,
        cast(case when is_in_tokens then credits_per_1k_tokens else 1 end as decimal(38, 12)) as credits_per_unit,
        {%- for price in ['list_money_per_credit', 'money_per_credit'] %}
        case
            when is_in_tokens
                then cast(cast(credits_per_1k_tokens as decimal(18, 12)) * cast({{ price }} as decimal(19, 12))
                    as decimal(38, 12))
            else cast({{ price }} as decimal(38, 12))
        end as {{ price | replace('per_credit', 'per_unit') }},
        {%- endfor %}
        cast(case when draw_type = 'expiry' then 0 when is_in_tokens then tokens else credits end as decimal(38, 12))
            as consumed,
        is_in_tokens,
        cost as effective,
        -cost as deferred,
        -credits as moved,
        billing_currency as currency
    from measured
),

-- A price of which the cost would outgrow the decimals is none: what was used and what it drew stands all the same.
carried as (
    select
        tenant_id, charge_date, charge_type, source_kind, source_id, corrected_month, corrected_on, corrected_terms,
        lot_id, pool, funding, charge_category, charge_frequency, description, invoice_id, service_name, sku_of, meter, units, credits_per_unit,
        {%- for price in ['list_money_per_unit', 'money_per_unit'] %}
        case when {{ or_unknown(price_times_quantity(price, 'units'), 'units') }} is null then 0 else {{ price }} end as {{ price }},
        {%- endfor %}
        consumed, is_in_tokens, effective, deferred, moved, currency
    from charges
)

select * from carried
