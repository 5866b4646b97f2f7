-- Tenants whose hours do not add up to their days.
with expected as (
    select tenant_id, sum(requests) as requests, sum(credits) as credits
    from {{ ref('mart_tenant_daily') }}
    group by tenant_id
),

found as (
    select tenant_id, sum(requests) as requests, sum(credits) as credits
    from {{ ref('mart_tenant_hourly') }}
    group by tenant_id
)

{{ differing_totals('expected', 'found', 'mart_tenant_hourly', ['requests', 'credits']) }}
