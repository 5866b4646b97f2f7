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

invoiced as (
    select * from {{ ref('int_focus_invoiced_dates') }}
),

named as (
    select
        costs.*,
        coalesce(demand.used_id, costs.demand_id) as used_id,
        replace(costs.demand_type, 'late_', '') as used_kind,
        nullif(demand.adjusted_month, '(none)') as adjusted_month,
        coalesce({{ month_name('costs.corrected_on') }}, nullif(demand.adjusted_month, '(none)')) as corrected_month,
        {{ currency_of('tenants', named='costs.currency') }} as billing_currency,
        -- Usage alone: jobs are on no invoice (int_invoice_usage).
        costs.lot_id is null and costs.demand_type in ('model', 'late_model')
            and coalesce(tenants.billing_mode, 'prepaid') = 'postpaid' as is_postpaid
    from costs
    left join tenants
        on costs.tenant_id = tenants.tenant_id
    left join demand
        on costs.tenant_id = demand.tenant_id
        and costs.used_on = demand.usage_date
        and costs.demand_type = demand.demand_type
        and costs.spend_id = demand.demand_id
),

priced as (
    select
        named.*,
        -- A price in another currency than the charge's says nothing about it.
        case when prices.currency = named.billing_currency then prices.credit_price end as credit_price,
        case when named.is_postpaid and named.billing_currency = invoiced.currency then invoiced.invoice_id end as invoice_id
    from named
    left join invoiced
        on named.tenant_id = invoiced.tenant_id
        and named.used_on = invoiced.used_on
    left join prices
        on named.tenant_id = prices.tenant_id
        and named.used_on >= prices.first_date
        and named.used_on < prices.next_first_date
),

draws as (
    select
        tenant_id, usage_date, draw_type, used_kind, used_id, corrected_month, corrected_on,
        -- Of what is corrected, the use of a month and what was posted late for another on the same date are two.
        case when corrected_on is not null then concat_ws('/', {{ corrected_terms('priced') }}, adjusted_month) end
            as corrected_terms,
        lot_id, pool, paid_on, credits, cost,
        billing_currency as currency,
        case
            when is_postpaid then 'Postpaid' when lot_id is null then 'Unfunded' when paid_on > used_on then 'Settled'
            else 'Funded'
        end as funding,
        invoice_id,
        {{ billed_postpaid('is_postpaid', 'credits', 'credit_price') }} as billed,
        coalesce(cost_per_credit, credit_price, 0) as money_per_credit,
        -- What was given away has a list price all the same.
        coalesce(nullif(cost_per_credit, 0), credit_price, 0) as list_money_per_credit
    from priced
)

select * from draws
