-- Tenants whose credits in and out are not the credits of their billing, usage and jobs, and of what came late.
with sources as (
    select tenant_id, credits as balance
    from {{ ref('int_ledger_billing') }}
    where {{ moves_credits('kind') }}
    union all
    select tenant_id, - credits as balance from {{ ref('mart_tenant_daily') }}
    union all
    select tenant_id, - credits as balance from {{ ref('mart_job_daily') }}
    union all
    select tenant_id, - credits as balance
    from {{ ref('mart_closing_adjustments') }}
    where kind in ('usage', 'job') and credits > 0
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
