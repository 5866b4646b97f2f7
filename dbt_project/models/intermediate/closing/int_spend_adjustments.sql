{{ config(materialized='tallybook_table', meta={'closed_by': 'posted_on'}) }}
{%- set kept_jobs = source('closing', 'mart_job_daily') %}
{%- set kept_adjustments = source('closing', 'int_spend_adjustments') %}

with late_usage as (
    select * from {{ ref('int_usage_late') }}
),

job_runs as (
    select * from {{ ref('int_job_runs_rated') }}
),

differences as (
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        'usage' as kind,
        model_id as demand_id,
        0 as job_runs,
        {{ measures_of('late_usage') | indent(8) }}
    from late_usage
    union all
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        'job' as kind,
        job_id as demand_id,
        1 as job_runs,
        {{ measures_given({'credits': 'credits'}) | indent(8) }}
    from job_runs
    where {{ is_closed('usage_date') }}
    {%- if closed_to() %}
    union all
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        'job' as kind,
        job_id as demand_id,
        - runs as job_runs,
        {{ measures_given({'credits': '- credits'}) | indent(8) }}
    from {{ kept_jobs }}
    where {{ is_closed('usage_date') }}
    -- What is posted in a month that was closed since stands there.
    union all
    select
        tenant_id,
        month,
        kind,
        demand_id,
        - job_runs as job_runs,
        {{ negated_measures('posted') | indent(8) }}
    from ({{ kept_rows(kept_adjustments) }}) as posted
    where {{ is_closed('posted_on') }}
    {%- endif %}
),

summed as (
    select
        tenant_id,
        month,
        kind,
        demand_id,
        cast(sum(job_runs) as bigint) as job_runs,
        {{ sum_measures() | indent(8) }}
    from differences
    group by tenant_id, month, kind, demand_id
),

adjustments as (
    select
        tenant_id,
        month,
        {{ first_open_date() }} as posted_on,
        kind,
        demand_id,
        job_runs,
        {{ measures_of('summed') | indent(8) }}
    from summed
    where job_runs <> 0 or {{ is_any_measure('summed') }}
)

select * from adjustments
