-- Tenants whose job runs of open dates up to the as-of date are not all in the daily mart, or with other credits than were
-- given, or whose runs of closed months are not what stands there and what was posted since.
{%- set kept_jobs = source('closing', 'mart_job_daily') %}

with runs as (
    select runs.*
    from {{ ref('int_job_runs_rated') }} as runs
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on runs.tenant_id = as_of.tenant_id
        and runs.usage_date <= as_of.as_of_date
    where not {{ is_closed('runs.usage_date') }}
),

expected as (
    select tenant_id, count(*) as runs, sum(credits) as credits
    from runs
    group by tenant_id
),

found as (
    select tenant_id, sum(runs) as runs, sum(credits) as credits
    from {{ ref('mart_job_daily') }}
    where not {{ is_closed('usage_date') }}
    group by tenant_id
),

closed as (
    select tenant_id, count(*) as runs, sum(credits) as credits
    from {{ ref('int_job_runs_rated') }}
    where {{ is_closed('usage_date') }}
    group by tenant_id
),

booked as (
    select tenant_id, sum(runs) as runs, sum(credits) as credits
    from (
        select tenant_id, job_runs as runs, credits from {{ ref('int_spend_adjustments') }} where kind = 'job'
        {%- if closed_to() %}
        union all
        select tenant_id, runs, credits from {{ kept_jobs }} where {{ is_closed('usage_date') }}
        {%- endif %}
    ) as both_kinds
    group by tenant_id
),

stored as (
    select tenant_id, count(*) as runs
    from {{ ref('stg_native__job_runs') }}
    group by tenant_id
),

rated as (
    select tenant_id, count(*) as runs
    from {{ ref('int_job_runs_rated') }}
    group by tenant_id
)

{{ differing_totals('expected', 'found', 'mart_job_daily', ['runs', 'credits']) }}
union all
{{ differing_totals('closed', 'booked', 'int_spend_adjustments', ['runs', 'credits']) }}
union all
{{ differing_totals('stored', 'rated', 'int_job_runs_rated', ['runs']) }}
