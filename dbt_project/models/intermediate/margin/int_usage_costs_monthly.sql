{%- set figures = ['credits', 'cost_usd', 'uncosted_requests', 'uncosted_runs', 'uncosted_calls'] %}

with daily as (
    select * from {{ ref('int_model_daily') }}
),

adjustments as (
    select * from {{ ref('int_spend_adjustments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

usage as (
    select tenant_id, model_id, usage_date, {{ figures | join(', ') }}
    from daily
    union all
    -- Differences do not say which of the runs and calls had a cost.
    select
        tenant_id, demand_id as model_id, posted_on as usage_date, credits, cost_usd, uncosted_requests,
        greatest(runs, 0) as uncosted_runs, greatest(calls, 0) as uncosted_calls
    from adjustments
    where kind = 'usage'
),

monthly as (
    select
        usage.tenant_id,
        usage.model_id,
        {{ month_name('usage.usage_date') }} as month,
        {%- for figure in figures %}
        sum(usage.{{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
    group by usage.tenant_id, usage.model_id, {{ month_name('usage.usage_date') }}
)

select * from monthly
