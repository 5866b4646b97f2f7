{{ config(meta={'parts': 'int_days_to_judge'}) }}

with days as (
    select tenant_id, item_id, usage_date, credits from {{ ref('int_item_daily') }}
),

days_to_build as (
    {{ rows_to_build(ref('int_item_daily'), ref('int_days_to_judge')) }}
),

usual_days as (
    select * from {{ ref('int_usual_days') }}
),

firsts as (
    select tenant_id, item_id, min(usage_date) as first_usage_date
    from days
    group by tenant_id, item_id
),

-- No item that takes less than half of a usual day can exceed anything by it.
judged as (
    select
        days_to_build.tenant_id,
        days_to_build.item_id,
        days_to_build.usage_date,
        days_to_build.credits,
        usual_days.median2 as usual2,
        firsts.first_usage_date
    from days_to_build
    inner join usual_days
        on days_to_build.tenant_id = usual_days.tenant_id
        and days_to_build.usage_date = usual_days.usage_date
    inner join firsts
        on days_to_build.tenant_id = firsts.tenant_id
        and days_to_build.item_id = firsts.item_id
    where days_to_build.item_id <> '(none)'
        and 4 * days_to_build.credits >= usual_days.median2
),

{{ history_of_credits(['tenant_id', 'item_id']) }},

spikes as (
    select
        judged.tenant_id,
        judged.item_id,
        judged.usage_date,
        judged.usual2,
        2 * judged.credits - coalesce(history.median2, 0) as excess2
    from judged
    left join history
        on judged.tenant_id = history.tenant_id
        and judged.item_id = history.item_id
        and judged.usage_date = history.usage_date
    where judged.credits > 2 * coalesce(history.highest, 0)
),

runaways as (
    select
        tenant_id,
        item_id,
        usage_date,
        cast(round(excess2 * cast(0.5 as decimal(2, 1)), 6) as decimal(38, 6)) as excess,
        case when excess2 >= usual2 then 'critical' else 'warning' end as severity
    from spikes
    where 2 * excess2 >= usual2
)

select * from runaways
