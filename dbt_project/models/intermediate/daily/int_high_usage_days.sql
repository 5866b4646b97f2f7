{{ config(meta={'parts': 'int_days_to_judge'}) }}

with days as (
    select tenant_id, usage_date, credits from {{ ref('int_tenant_daily') }}
),

days_to_build as (
    {{ rows_to_build(ref('int_tenant_daily'), ref('int_days_to_judge')) }}
),

firsts as (
    select tenant_id, min(usage_date) as first_usage_date
    from days
    group by tenant_id
),

judged as (
    select
        days_to_build.tenant_id,
        days_to_build.usage_date,
        days_to_build.credits,
        firsts.first_usage_date
    from days_to_build
    inner join firsts
        on days_to_build.tenant_id = firsts.tenant_id
    where days_to_build.credits > 0
),

{{ history_of_credits(['tenant_id']) }},

high_usage_days as (
    select
        judged.tenant_id,
        judged.usage_date
    from judged
    inner join history
        on judged.tenant_id = history.tenant_id
        and judged.usage_date = history.usage_date
    where {{ is_above_history('judged.credits', 'history') }}
)

select * from high_usage_days
