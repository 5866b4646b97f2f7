{{ config(materialized='tallybook_table') }}

with cheaper_models as (
    select * from {{ ref('int_cheaper_models') }}
),

off_peak_gains as (
    select * from {{ ref('int_off_peak_gains') }}
),

unused_capacity as (
    select * from {{ ref('int_unused_capacity') }}
),

runaway_items as (
    select * from {{ ref('int_runaway_advice') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
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
),

priced as (
    select
        ranked.*,
        {{ money_for('ranked.monthly_savings_credits', 'prices.credit_price') }} as monthly_savings_amount,
        case when ranked.monthly_savings_credits is not null and prices.credit_price is not null then prices.currency end
            as currency
    from ranked
    left join prices
        on ranked.tenant_id = prices.tenant_id
        and ranked.as_of >= prices.first_date
        and ranked.as_of < prices.next_first_date
)

select * from priced
