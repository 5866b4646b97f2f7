with daily as (
    select * from {{ ref('fct_usage_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        daily.tenant_id,
        daily.usage_date,
        daily.team_id,
        daily.user_id,
        daily.item_id,
        daily.project_id,
        daily.channel,
        daily.model_id,
        daily.task_category,
        {{ measures_of('daily') | indent(8) }},
        daily.rating_sum,
        daily.rating_count
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
)

select * from shown
