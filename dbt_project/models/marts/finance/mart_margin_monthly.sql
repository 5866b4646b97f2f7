{{ config(materialized='tallybook_table') }}

with usage as (
    select tenant_id, model_id, usage_date, credits, cost_usd, uncosted_requests
    from {{ ref('int_model_daily') }}
    union all
    select tenant_id, demand_id as model_id, posted_on as usage_date, credits, cost_usd, uncosted_requests
    from {{ ref('int_spend_adjustments') }}
    where kind = 'usage'
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

used as (
    select
        usage.tenant_id,
        usage.model_id,
        {{ month_name('usage.usage_date') }} as month,
        sum(usage.credits) as credits,
        sum(usage.cost_usd) as cost_usd,
        sum(usage.uncosted_requests) as uncosted_requests
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
    group by usage.tenant_id, usage.model_id, {{ month_name('usage.usage_date') }}
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
        sum(unpriced_credits) as unpriced_credits
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
        coalesce(used.cost_usd, 0) as cost_usd,
        coalesce(used.uncosted_requests, 0) as uncosted_requests
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
        case when unpriced_credits = 0 and uncosted_requests = 0
            then cast(round(revenue_usd, 6) - cost_usd as decimal(38, 6)) end as margin_usd,
        cast(unpriced_credits as decimal(38, 6)) as unpriced_credits,
        case when unpriced_credits = 0 then cast(round(revenue_usd, 6) - cost_usd as decimal(38, 6)) end as margin_usd_at_most
    from joined
)

select * from margins
