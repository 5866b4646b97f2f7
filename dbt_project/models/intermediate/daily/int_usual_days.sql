{{ config(meta={'parts': 'int_days_to_judge', 'closed_by': none}) }}

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
        firsts.first_usage_date
    from days_to_build
    inner join firsts
        on days_to_build.tenant_id = firsts.tenant_id
    where days_to_build.credits > 0
),

{{ history_of_credits(['tenant_id']) }},

usual_days as (
    select
        past.tenant_id,
        past.usage_date,
        cast(history.median2 as decimal(38, 6)) as median2,
        cast(coalesce(
            nullif({{ double_median('abs(2 * past.credits - history.median2)') }}, 0),
            history.median2 * cast(0.1 as decimal(2, 1))
        ) as decimal(38, 6)) as mad4
    from past
    inner join history
        on past.tenant_id = history.tenant_id
        and past.usage_date = history.usage_date
    where history.history_days >= 7
        and history.median2 > 0
    group by past.tenant_id, past.usage_date, history.median2
)

select * from usual_days
