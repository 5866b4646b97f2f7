{{ config(materialized='tallybook_table') }}
{%- set uncosteds = ['uncosted_requests', 'uncosted_runs', 'uncosted_calls'] %}
{%- set rates = ['min_usd_per_unit', 'max_usd_per_unit', 'min_rate_date', 'max_rate_date'] %}

with used as (
    select * from {{ ref('int_usage_costs_monthly') }}
),

revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

earned as (
    select
        tenant_id,
        model_id,
        {{ month_name('usage_date') }} as month,
        sum(revenue) as revenue,
        sum(revenue_usd) as revenue_usd,
        count(*) > count(revenue_usd) as lacks_rate,
        -- What was given away is in any currency.
        min(currency) filter (where revenue <> 0) as first_currency,
        max(currency) filter (where revenue <> 0) as last_currency,
        sum(unpaid_credits) as unpaid_credits,
        sum(unpriced_credits) as unpriced_credits,
        {%- for edge in ['min', 'max'] %}
        {{ edge }}(usd_per_unit) filter (where revenue <> 0) as {{ edge }}_usd_per_unit,
        {{ edge }}(rate_date) filter (where revenue <> 0) as {{ edge }}_rate_date{{ ',' if not loop.last }}
        {%- endfor %}
    from revenues
    group by tenant_id, model_id, {{ month_name('usage_date') }}
),

joined as (
    -- What pays off the overdraft of a closed month earns in the open one, whether the model is used in it or not.
    select
        coalesce(used.tenant_id, earned.tenant_id) as tenant_id,
        coalesce(used.model_id, earned.model_id) as model_id,
        coalesce(used.month, earned.month) as month,
        coalesce(used.credits, 0) as credits,
        coalesce(earned.revenue, 0) as revenue,
        case when not coalesce(earned.lacks_rate, false) then coalesce(earned.revenue_usd, 0) end as revenue_usd,
        coalesce(earned.first_currency <> earned.last_currency, false) as is_mixed,
        {{ currency_of('tenants', named='earned.first_currency') }} as currency,
        coalesce(earned.unpaid_credits, 0) as unpaid_credits,
        coalesce(earned.unpriced_credits, 0) as unpriced_credits,
        {%- for rate in rates %}
        earned.{{ rate }},
        {%- endfor %}
        coalesce(used.cost_usd, 0) as cost_usd,
        {%- for uncosted in uncosteds %}
        coalesce(used.{{ uncosted }}, 0) as {{ uncosted }}{{ ',' if not loop.last }}
        {%- endfor %}
    from used
    full join earned
        on used.tenant_id = earned.tenant_id
        and used.model_id = earned.model_id
        and used.month = earned.month
    left join tenants
        on coalesce(used.tenant_id, earned.tenant_id) = tenants.tenant_id
),

margins as (
    select
        tenant_id,
        model_id,
        month,
        cast(credits as decimal(38, 6)) as credits,
        cast(unpaid_credits as decimal(38, 6)) as unpaid_credits,
        case when unpriced_credits = 0
            then cast(round(case when is_mixed then revenue_usd else revenue end, 6) as decimal(38, 6)) end as revenue,
        case when is_mixed then 'USD' else currency end as currency,
        case when unpriced_credits = 0 then cast(round(revenue_usd, 6) as decimal(38, 6)) end as revenue_usd,
        cast(cost_usd as decimal(38, 6)) as cost_usd,
        cast(uncosted_requests as bigint) as uncosted_requests,
        case when unpriced_credits = 0 and {{ uncosteds | join(' + ') }} = 0
            then cast(round(revenue_usd, 6) - cost_usd as decimal(38, 6)) end as margin_usd,
        cast(unpriced_credits as decimal(38, 6)) as unpriced_credits,
        case when unpriced_credits = 0 then cast(round(revenue_usd, 6) - cost_usd as decimal(38, 6)) end as margin_usd_at_most,
        cast(uncosted_runs as bigint) as uncosted_runs,
        cast(uncosted_calls as bigint) as uncosted_calls,
        {%- for rate in rates %}
        {{ rate }},
        {%- endfor %}
        '{{ exchange_rate_of_credits() }}' as exchange_rate_of
    from joined
)

select * from margins
