{{ config(materialized='tallybook_table') }}

with dates as (
    select * from {{ ref('int_advice_dates') }}
),

cheaper_models as (
    select * from {{ ref('int_cheaper_models') }}
),

off_peak_gains as (
    select * from {{ ref('int_off_peak_gains') }}
),

unused_capacity as (
    select * from {{ ref('int_unused_capacity') }}
),

item_usage as (
    select * from {{ ref('int_item_daily') }}
),

tenant_usage as (
    select * from {{ ref('int_tenant_daily') }}
),

runaways as (
    select * from {{ ref('int_runaway_item_days') }}
),

totals as (
    select dates.tenant_id, dates.as_of, sum(tenant_usage.credits) as credits
    from dates
    inner join tenant_usage
        on dates.tenant_id = tenant_usage.tenant_id and tenant_usage.usage_date between dates.first_date and dates.as_of
    group by dates.tenant_id, dates.as_of
),

runaway_items as (
    select
        dates.tenant_id, dates.as_of, dates.first_date, item_usage.item_id,
        count(runaways.item_id) as quantity,
        count(*) as quantity_of,
        sum(item_usage.credits) filter (where runaways.item_id is not null) as from_credits,
        sum(runaways.excess) as excess_credits
    from dates
    inner join totals on dates.tenant_id = totals.tenant_id and dates.as_of = totals.as_of
    inner join item_usage
        on dates.tenant_id = item_usage.tenant_id and item_usage.usage_date between dates.first_date and dates.as_of
    left join runaways
        on item_usage.tenant_id = runaways.tenant_id and item_usage.item_id = runaways.item_id
        and item_usage.usage_date = runaways.usage_date
    group by dates.tenant_id, dates.as_of, dates.first_date, item_usage.item_id, totals.credits
    having sum(item_usage.credits) filter (where runaways.item_id is not null)
        >= totals.credits * {{ var('advice_min_runaway_share') }}
),

advice as (
    select
        tenant_id, as_of, 'cheaper_model' as kind,
        {{ recommendation_columns(same=[
            'task_category', 'from_model_id', 'to_model_id', 'first_date', 'from_credits', 'to_credits', 'from_requests',
            'to_requests', 'from_success_rate', 'to_success_rate', 'success_difference_low', 'from_ratings', 'to_ratings',
            'from_avg_rating', 'to_avg_rating', 'rating_difference_low',
        ], given={'monthly_savings_credits': 'from_credits - to_credits'}) | indent(8) }}
    from cheaper_models
    union all
    select
        tenant_id, as_of, 'off_peak',
        {{ recommendation_columns(same=[
            'channel', 'from_model_id', 'first_date', 'from_requests', 'to_requests', 'from_latency_ms', 'to_latency_ms',
        ], given={'quantity': 'dates_better', 'quantity_of': 'dates_compared'}) | indent(8) }}
    from off_peak_gains
    union all
    select
        tenant_id, as_of, 'runaway_item',
        {{ recommendation_columns(
            same=['item_id', 'first_date', 'from_credits', 'quantity', 'quantity_of', 'excess_credits']) | indent(8) }}
    from runaway_items
    union all
    select
        tenant_id, as_of, kind,
        {{ recommendation_columns(same=['first_date', 'quantity', 'quantity_of']) | indent(8) }}
    from unused_capacity
),

-- A request is saved once: each task category's model moves to one other, and nothing else here has a price.
ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, as_of
            order by
                coalesce(monthly_savings_credits, 0) desc, kind, coalesce(excess_credits, 0) desc,
                coalesce(from_credits, 0) desc, task_category, item_id, channel, from_model_id
        ) as rank
    from advice
)

select * from ranked
