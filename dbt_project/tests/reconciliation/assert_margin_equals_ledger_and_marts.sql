-- Tenants whose monthly margins do not have the credits and the cost of their usage; models and months of which the revenue is
-- not the money that the lots which paid had cost (where those are of one currency). What pays off an overdraft of a closed
-- month later does not change that month: its revenue stands.
{%- set measures = ['credits', 'cost_usd', 'uncosted_requests'] %}

with margins as (
    select * from {{ ref('mart_margin_monthly') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

-- What a postpaid tenant uses beyond its lots earns its price, which no lot tells.
costs as (
    select
        costs.*,
        costs.lot_id is null and coalesce(tenants.billing_mode, 'prepaid') = 'postpaid' as is_on_account
    from {{ ref('int_ledger_costs') }} as costs
    left join tenants
        on costs.tenant_id = tenants.tenant_id
    where costs.draw_type = 'spend' and costs.demand_type in ('model', 'late_model')
),

expected as (
    select
        tenant_id,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select tenant_id, {{ measures | join(', ') }} from {{ ref('mart_model_daily') }}
        union all
        select tenant_id, {{ measures | join(', ') }} from {{ ref('mart_closing_adjustments') }} where kind = 'usage'
    ) as usage
    group by tenant_id
),

found as (
    select
        tenant_id,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from margins
    group by tenant_id
),

paid as (
    select
        tenant_id,
        {{ used_id('demand_type', 'demand_id') }} as model_id,
        {{ month_name('usage_date') }} as month,
        round(sum(cost), 6) as revenue,
        sum(case when lot_id is null and not is_on_account then credits else 0 end) as unpaid_credits,
        count_if(is_on_account) as on_account,
        count(distinct case when cost <> 0 then currency end) as currencies
    from costs
    group by tenant_id, {{ used_id('demand_type', 'demand_id') }}, {{ month_name('usage_date') }}
),

compared as (
    select
        coalesce(paid.tenant_id, margins.tenant_id) as tenant_id,
        coalesce(paid.model_id, margins.model_id) as model_id,
        coalesce(paid.month, margins.month) as month,
        -- What lots without an amount brought is unknown in the marts.
        case
            when paid.currencies > 1 or paid.on_account > 0 or margins.unpriced_credits <> 0 then margins.revenue
            else coalesce(paid.revenue, 0)
        end as expected_revenue,
        margins.revenue,
        coalesce(paid.unpaid_credits, 0) as expected_unpaid_credits,
        margins.unpaid_credits
    from paid
    full join margins
        on paid.tenant_id = margins.tenant_id
        and paid.model_id = margins.model_id
        and paid.month = margins.month
)

{{ differing_totals('expected', 'found', 'mart_margin_monthly', measures) }}
union all
select
    'mart_margin_monthly' as found_in,
    tenant_id,
    'revenue of ' || model_id || ' in ' || month as measure,
    cast(expected_revenue as decimal(38, 6)) as expected,
    revenue as found
from compared
where not {{ is_closed("cast(month || '-01' as date)") }}
    and (expected_revenue is not null and expected_revenue <> coalesce(revenue, -1) or expected_unpaid_credits <> coalesce(unpaid_credits, -1))
