-- Usage lines of the statement whose credits are not all told of in what they cost, and dates, models and currencies of which the
-- lines do not add up to what was spent to the last digit. Closed months stand as they were.
{%- set amounts = ['spend_amount', 'spend_usd', 'unknown_credits'] %}

with statement as (
    select * from {{ ref('mart_credit_statement') }} where kind = 'usage' and not ({{ is_closed('entry_date') }})
),

lines as (
    select * from {{ ref('mart_statement_spend') }} where not ({{ is_closed('usage_date') }})
),

spend as (
    select * from {{ ref('mart_spend_daily') }} where currency <> '(none)' and not ({{ is_closed('usage_date') }})
),

entries as (
    select tenant_id, entry_date as usage_date, model_id, pool, adjusted_month, -credits as expected, 0 as found from statement
    union all
    select tenant_id, usage_date, model_id, pool, adjusted_month, 0, credits from lines where pool <> '(none)'
),

days as (
    select
        tenant_id, usage_date, model_id, currency,
        {%- for amount in amounts %}
        sum({{ amount }}) as {{ amount }},
        {%- endfor %}
        -- What nobody can divide, or has no rate, does not add up to anything.
        count(spend_amount) < count(*) as is_beyond_decimals,
        count(spend_usd) < count(*) as lacks_rate
    from spend
    group by tenant_id, usage_date, model_id, currency
),

line_days as (
    select
        tenant_id, usage_date, model_id, currency,
        {%- for amount in amounts %}
        coalesce(sum({{ amount }}), 0) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from lines
    group by tenant_id, usage_date, model_id, currency
),

differing as (
    select tenant_id, model_id || ' from ' || pool || ' on ' || cast(usage_date as {{ dbt.type_string() }}) as found_in,
        'credits' as measure, sum(expected) as expected, sum(found) as found
    from entries
    group by tenant_id, usage_date, model_id, pool, adjusted_month
    having sum(expected) <> sum(found)
    {%- for amount in amounts %}
    union all
    select
        coalesce(days.tenant_id, line_days.tenant_id),
        coalesce(days.model_id, line_days.model_id) || ' on '
        || cast(coalesce(days.usage_date, line_days.usage_date) as {{ dbt.type_string() }}),
        '{{ amount }}', days.{{ amount }}, line_days.{{ amount }}
    from days
    full join line_days
        on days.tenant_id = line_days.tenant_id
        and days.usage_date = line_days.usage_date
        and days.model_id = line_days.model_id
        and days.currency = line_days.currency
    where days.{{ amount }} is distinct from line_days.{{ amount }} and not coalesce(days.is_beyond_decimals, false)
        {%- if amount == 'spend_usd' %} and not coalesce(days.lacks_rate, false){% endif %}
    {%- endfor %}
)

select * from differing
