{{ config(meta={'parts': 'int_days_to_judge'}) }}

with days_to_build as (
    {{ rows_to_build(ref('int_tenant_daily'), ref('int_days_to_judge')) }}
),

usual_days as (
    select * from {{ ref('int_usual_days') }}
),

-- Above median + 3 × 1.4826 × MAD; both sides times 4, exact.
high_usage_days as (
    select
        days_to_build.tenant_id,
        days_to_build.usage_date
    from days_to_build
    inner join usual_days
        on days_to_build.tenant_id = usual_days.tenant_id
        and days_to_build.usage_date = usual_days.usage_date
    where 4 * days_to_build.credits > 2 * usual_days.median2 + cast(4.4478 as decimal(5, 4)) * usual_days.mad4
)

select * from high_usage_days
