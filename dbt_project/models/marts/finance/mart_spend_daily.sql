{{ config(materialized='tallybook_table') }}
{%- set keys = ['tenant_id', 'usage_date', 'model_id', 'team_id', 'user_id', 'item_id', 'task_category', 'currency'] %}

with parts as (
    select * from {{ ref('int_spend_parts') }}
),

daily as (
    select
        {%- for key in keys %}
        {{ key }},
        {%- endfor %}
        {%- for amount in ['spend_amount', 'spend_usd', 'unknown_credits'] %}
        case when count(*) = count({{ amount }}) then cast(sum({{ amount }}) as decimal(38, 6)) end as {{ amount }},
        {%- endfor %}
        {%- for rate in ['usd_per_unit', 'rate_date'] %}
        min(min_{{ rate }}) as min_{{ rate }},
        max(max_{{ rate }}) as max_{{ rate }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
    group by {{ keys | join(', ') }}
)

select * from daily
