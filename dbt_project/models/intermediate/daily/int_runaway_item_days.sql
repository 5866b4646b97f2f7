{{ config(meta={'parts': 'int_days_to_judge'}) }}

with days as (
    select tenant_id, item_id, usage_date, credits from {{ ref('int_item_daily') }}
),

days_to_build as (
    {{ rows_to_build(ref('int_item_daily'), ref('int_days_to_judge')) }}
),

tenants as (
    select tenant_id, usage_date, credits from {{ ref('int_tenant_daily') }}
),

high_usage_days as (
    select * from {{ ref('int_high_usage_days') }}
),

firsts as (
    select tenant_id, item_id, min(usage_date) as first_usage_date
    from days
    group by tenant_id, item_id
),

-- No item with a smaller share of its tenant's day can be a runaway.
judged as (
    select
        days_to_build.tenant_id,
        days_to_build.item_id,
        days_to_build.usage_date,
        days_to_build.credits,
        tenants.credits as tenant_credits,
        firsts.first_usage_date
    from days_to_build
    inner join tenants
        on days_to_build.tenant_id = tenants.tenant_id
        and days_to_build.usage_date = tenants.usage_date
    inner join firsts
        on days_to_build.tenant_id = firsts.tenant_id
        and days_to_build.item_id = firsts.item_id
    where days_to_build.item_id <> '(none)'
        and days_to_build.credits > 0
        and 20 * days_to_build.credits >= tenants.credits
),

{{ history_of_credits(['tenant_id', 'item_id']) }},

runaways as (
    select
        judged.tenant_id,
        judged.item_id,
        judged.usage_date
    from judged
    left join history
        on judged.tenant_id = history.tenant_id
        and judged.item_id = history.item_id
        and judged.usage_date = history.usage_date
    left join high_usage_days
        on judged.tenant_id = high_usage_days.tenant_id
        and judged.usage_date = high_usage_days.usage_date
    where
        case
            when {{ has_history('history') }} then {{ is_above_history('judged.credits', 'history') }}
            else high_usage_days.tenant_id is not null and 4 * judged.credits >= judged.tenant_credits
        end
)

select * from runaways
