-- Tenants and dates on which the ledger did not spend what the facts and jobs say was used, or did not grant and withdraw
-- what the billing events say; late spend of a closed month is spent on the date on which it is posted.
{%- set figures = ['spent', 'granted', 'withdrawn'] %}
{%- set kept_jobs = source('closing', 'mart_job_daily') %}
{%- set kept_billing = source('closing', 'int_ledger_billing') %}

with as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

billing as (
    select dated.tenant_id, dated.entry_date, dated.kind, dated.credits
    from {{ ref('int_billing_dated') }} as dated
    where not {{ is_closed('dated.entry_date') }}
        and not exists (
            select 1
            from {{ ref('int_billing_booked') }} as booked
            where dated.tenant_id = booked.tenant_id and dated.billing_id = booked.billing_id
        )
    union all
    select tenant_id, posted_on, kind, credits
    from {{ ref('int_billing_adjustments') }}
    where not {{ is_closed('posted_on') }}
    union all
    select tenant_id, posted_on, 'adjustment' as kind, - credits
    from {{ ref('int_spend_adjustments') }}
    where credits < 0 and not {{ is_closed('posted_on') }}
    {%- if closed_to() %}
    union all
    select tenant_id, entry_date, kind, credits from {{ kept_billing }} where {{ is_closed('entry_date') }}
    {%- endif %}
),

sources as (
    select tenant_id, usage_date, 'spent' as figure, credits from {{ ref('fct_usage_daily') }}
    union all
    select tenant_id, usage_date, 'spent' as figure, credits
    from {{ ref('int_job_runs_rated') }}
    where not {{ is_closed('usage_date') }}
    {%- if closed_to() %}
    union all
    select tenant_id, usage_date, 'spent' as figure, credits from {{ kept_jobs }} where {{ is_closed('usage_date') }}
    {%- endif %}
    union all
    select tenant_id, posted_on, 'spent' as figure, credits from {{ ref('int_spend_adjustments') }} where credits > 0
    union all
    select tenant_id, entry_date, case when credits < 0 then 'withdrawn' else 'granted' end as figure, abs(credits) as credits
    from billing
    where {{ moves_credits('kind') }}
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
