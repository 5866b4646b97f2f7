-- Tenants and dates on which the ledger did not spend what the facts and jobs say was used, or did not grant and withdraw
-- what the billing events say.
{%- set figures = ['spent', 'granted', 'withdrawn'] %}

with as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

sources as (
    select tenant_id, usage_date, 'spent' as figure, credits from {{ ref('fct_usage_daily') }}
    union all
    select tenant_id, usage_date, 'spent' as figure, credits from {{ ref('int_job_runs_rated') }}
    union all
    select tenant_id, usage_date, case direction when 'in' then 'granted' else 'withdrawn' end as figure, credits
    from {{ ref('int_billing_flows') }}
),

expected as (
    select
        sources.tenant_id,
        sources.usage_date
        {%- for figure in figures %},
        coalesce(sum(sources.credits) filter (where sources.figure = '{{ figure }}'), 0) as {{ figure }}
        {%- endfor %}
    from sources
    inner join as_of
        on sources.tenant_id = as_of.tenant_id
        and sources.usage_date <= as_of.as_of_date
    group by sources.tenant_id, sources.usage_date
),

found as (
    select
        tenant_id,
        usage_date
        {%- for figure in figures %},
        sum({{ figure }}) as {{ figure }}
        {%- endfor %}
    from {{ ref('mart_credit_balance_daily') }}
    group by tenant_id, usage_date
)

select
    coalesce(expected.tenant_id, found.tenant_id) as tenant_id,
    coalesce(expected.usage_date, found.usage_date) as usage_date
    {%- for figure in figures %},
    coalesce(expected.{{ figure }}, 0) as expected_{{ figure }},
    coalesce(found.{{ figure }}, 0) as found_{{ figure }}
    {%- endfor %}
from expected
full join found
    on expected.tenant_id = found.tenant_id
    and expected.usage_date = found.usage_date
where
    {%- for figure in figures %}
    {{ 'or ' if not loop.first }}coalesce(expected.{{ figure }}, 0) <> coalesce(found.{{ figure }}, 0)
    {%- endfor %}
