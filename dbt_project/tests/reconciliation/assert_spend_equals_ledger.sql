-- Dates, models and currencies of which the parts of what was spent do not add up to what the ledger says of them to the last
-- digit, credits without a known price neither. Closed months stand as they were; what nobody can divide exactly is unknown.
{%- set amounts = {'spend': 'spend_amount', 'spend_usd': 'spend_usd', 'unknown_credits': 'unknown_credits'} %}

with ledger as (
    select * from {{ ref('int_spend_daily') }} where not ({{ is_closed('usage_date') }})
),

parts as (
    select
        tenant_id, usage_date, model_id, currency,
        count(*) > count(spend_amount) as is_beyond_decimals,
        {%- for amount, column in amounts.items() %}
        case when count(*) = count({{ column }}) then sum({{ column }}) end as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_spend_daily') }}
    where currency <> '(none)' and not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date, model_id, currency
),

differing as (
    {%- for amount in amounts %}
    select
        coalesce(ledger.tenant_id, parts.tenant_id) as tenant_id,
        coalesce(ledger.model_id, parts.model_id) || ' on ' || cast(coalesce(ledger.usage_date, parts.usage_date) as {{ dbt.type_string() }})
            as found_in,
        '{{ amount }}' as measure,
        ledger.{{ amount }} as expected,
        parts.{{ amount }} as found
    from ledger
    full join parts
        on ledger.tenant_id = parts.tenant_id
        and ledger.usage_date = parts.usage_date
        and ledger.model_id = parts.model_id
        and ledger.currency = parts.currency
    where ledger.{{ amount }} is distinct from parts.{{ amount }} and not coalesce(parts.is_beyond_decimals, false)
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from differing
