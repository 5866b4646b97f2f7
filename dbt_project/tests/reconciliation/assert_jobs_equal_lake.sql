-- Tenants whose job runs up to the as-of date are not all in the daily mart, or with other credits than were given.
with runs as (
    select runs.*
    from {{ ref('int_job_runs_rated') }} as runs
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on runs.tenant_id = as_of.tenant_id
        and runs.usage_date <= as_of.as_of_date
),

expected as (
    select tenant_id, count(*) as runs, sum(credits) as credits
    from runs
    group by tenant_id
),

found as (
    select tenant_id, sum(runs) as runs, sum(credits) as credits
    from {{ ref('mart_job_daily') }}
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
{{ differing_totals('stored', 'rated', 'int_job_runs_rated', ['runs']) }}
