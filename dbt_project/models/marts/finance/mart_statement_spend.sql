{{ config(materialized='tallybook_table') }}
{%- set line = ['tenant_id', 'usage_date', 'model_id', 'pool', 'adjusted_month', 'currency'] %}
{%- set amounts = {'revenue': 'spend_amount', 'revenue_usd': 'spend_usd'} %}

with revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

by_line as (
    select
        {%- for key in line %}
        revenues.{{ key }},
        {%- endfor %}
        sum(revenues.credits) as credits,
        {%- for amount in amounts %}
        case when count(*) = count(revenues.{{ amount }}) then sum(revenues.{{ amount }}) end as {{ amount }},
        {%- endfor %}
        sum(revenues.unpaid_credits) + sum(revenues.unpriced_credits) as unknown_credits
    from revenues
    inner join as_of
        on revenues.tenant_id = as_of.tenant_id
        and revenues.usage_date <= as_of.as_of_date
    group by {% for key in line %}revenues.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
),

-- Rounded where the lines of a model's date end, so that they add up to what it cost to the last digit.
placed as (
    select
        *,
        {%- for amount in amounts %}
        coalesce(sum({{ amount }}) over in_order, 0) as {{ amount }}_to{{ ',' if not loop.last }}
        {%- endfor %}
    from by_line
    window in_order as (
        partition by tenant_id, usage_date, model_id, currency
        order by pool, adjusted_month
        rows between unbounded preceding and current row
    )
),

spent as (
    select
        {{ line | join(', ') }},
        cast(credits as decimal(38, 6)) as credits,
        {%- for amount, column in amounts.items() %}
        -- What nobody has paid for yet is unknown, not free.
        case when {{ amount }} is not null and (revenue <> 0 or unknown_credits <= 0) then
            cast(round({{ amount }}_to, 6) - round({{ amount }}_to - {{ amount }}, 6) as decimal(38, 6))
        end as {{ column }},
        {%- endfor %}
        cast(unknown_credits as decimal(38, 6)) as unknown_credits
    from placed
)

select * from spent
