{%- set keys = ['team_id', 'user_id', 'item_id', 'task_category'] %}
{%- set rates = ['min_usd_per_unit', 'max_usd_per_unit', 'min_rate_date', 'max_rate_date'] %}
{#- What is shared; amounts of 10^13 or more no decimal can divide exactly. -#}
{%- set amounts = {'spend': 'spend_amount', 'spend_usd': 'spend_usd', 'unknown_credits': 'unknown_credits'} %}
{%- set most = '10000000000000' %}

with usage as (
    select tenant_id, usage_date, model_id, {{ keys | join(', ') }}, cast(sum(credits) as decimal(38, 6)) as credits
    from {{ ref('fct_usage_daily') }}
    group by tenant_id, usage_date, model_id, {{ keys | join(', ') }}
    having sum(credits) > 0
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

spent as (
    select * from {{ ref('int_spend_daily') }}
),

-- Where a row's part of its model's date begins and ends: cut there, the parts add up to the whole to the last digit.
placed as (
    select
        usage.*,
        cast(sum(usage.credits) over (
            partition by usage.tenant_id, usage.usage_date, usage.model_id
            order by {% for key in keys %}usage.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            rows between unbounded preceding and current row
        ) as decimal(38, 6)) as credits_to,
        cast(sum(usage.credits) over (partition by usage.tenant_id, usage.usage_date, usage.model_id) as decimal(38, 6))
            as model_credits
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
),

shared as (
    select
        placed.*,
        {%- for rate in rates %}
        spent.{{ rate }},
        {%- endfor %}
        coalesce(spent.currency, '(none)') as currency,
        {%- for amount in amounts %}
        case when spent.{{ amount }} < 0 then 0 else spent.{{ amount }} end as {{ amount }},
        coalesce(spent.{{ amount }} < {{ most }}, false) and placed.model_credits < {{ most }} as can_share_{{ amount }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from placed
    left join spent
        on placed.tenant_id = spent.tenant_id
        and placed.usage_date = spent.usage_date
        and placed.model_id = spent.model_id
),

parts as (
    select
        tenant_id, usage_date, model_id, {{ keys | join(', ') }}, currency, {{ rates | join(', ') }},
        {%- for amount, column in amounts.items() %}
        case
            when can_share_{{ amount }}{{ ' and can_share_spend' if amount == 'unknown_credits' }} then
                round({{ cut_share(amount, 'credits_to', 'model_credits') }}, 6)
                - round({{ cut_share(amount, '(credits_to - credits)', 'model_credits') }}, 6)
            {%- if amount == 'unknown_credits' %}
            else credits
            {%- endif %}
        end as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from shared
    union all
    -- What the ledger has of no use of the date, as what is posted for a closed month, and what it takes back.
    select
        spent.tenant_id,
        spent.usage_date,
        spent.model_id,
        {%- for key in keys %}
        '(none)' as {{ key }},
        {%- endfor %}
        spent.currency, {% for rate in rates %}spent.{{ rate }}, {% endfor %}
        {%- for amount, column in amounts.items() %}
        case when placed.model_id is not null and spent.{{ amount }} > 0 then 0 else spent.{{ amount }} end as {{ column }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from spent
    left join (select distinct tenant_id, usage_date, model_id from placed) as placed
        on spent.tenant_id = placed.tenant_id
        and spent.usage_date = placed.usage_date
        and spent.model_id = placed.model_id
    where placed.model_id is null
        {%- for amount in amounts %}
        or spent.{{ amount }} < 0
        {%- endfor %}
)

select * from parts
