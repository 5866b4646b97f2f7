-- Tenants whose credits in and out are not the credits of their billing events, usage and jobs up to the as-of date.
with billing as (
    select events.tenant_id, events.credits
    from {{ ref('int_billing_flows') }} as flows
    inner join {{ ref('stg_native__billing_events') }} as events
        on flows.tenant_id = events.tenant_id
        and flows.billing_id = events.billing_id
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on flows.tenant_id = as_of.tenant_id
        and flows.usage_date <= as_of.as_of_date
),

sources as (
    select tenant_id, credits as balance from billing
    union all
    select tenant_id, - credits as balance from {{ ref('mart_tenant_daily') }}
    union all
    select tenant_id, - credits as balance from {{ ref('mart_job_daily') }}
),

expected as (
    select tenant_id, sum(balance) as balance
    from sources
    group by tenant_id
),

found as (
    select tenant_id, sum(case when direction = 'in' then credits else - credits end) as balance
    from {{ ref('mart_credit_flow_daily') }}
    group by tenant_id
)

{{ differing_totals('expected', 'found', 'mart_credit_flow_daily', ['balance']) }}
