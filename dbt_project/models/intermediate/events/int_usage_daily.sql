{{ config(materialized='tallybook_table', database='scratch_of_run') }}

with events as (
    select * from {{ ref('int_usage_events_rated') }}
),

daily as (
    select
        tenant_id,
        usage_date,
        team_id,
        user_id,
        item_id,
        project_id,
        channel,
        model_id,
        task_category,
        {{ usage_measures() | indent(8) }},
        cast(coalesce(sum(cost_usd) filter (where cost_basis = 'estimated'), 0) as decimal(38, 6)) as estimated_cost_usd,
        cast(coalesce(sum(user_rating), 0) as bigint) as rating_sum,
        count(user_rating) as rating_count
    from events
    group by tenant_id, usage_date, team_id, user_id, item_id, project_id, channel, model_id, task_category
)

select * from daily
