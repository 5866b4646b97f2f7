{{ config(materialized='ephemeral') }}

with recommendations as (
    select * from {{ ref('mart_recommendations') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

daily as (
    select * from {{ ref('int_task_model_daily') }}
),

rates as (
    select * from {{ ref('int_model_tiers') }}
),

given as (
    select
        recommendations.*,
        as_of.timezone,
        {{ last_of_month(date_minus('recommendations.as_of', -1)) }} as month_end,
        least({{ last_of_month(date_minus('recommendations.as_of', -1)) }}, as_of.as_of_date) as last_date
    from recommendations
    inner join as_of
        on recommendations.tenant_id = as_of.tenant_id and recommendations.as_of < as_of.as_of_date
    where recommendations.kind = 'cheaper_model'
        and recommendations.as_of = {{ last_of_month('recommendations.as_of') }}
),

-- Of the advised tasks: by each model in the month, and by all models before and in it.
used as (
    select
        given.tenant_id, given.as_of, given.task_category, daily.model_id,
        coalesce(sum(daily.requests) filter (where daily.usage_date <= given.as_of), 0) as requests_before,
        {%- for column in ['requests', 'successes', 'input_tokens', 'output_tokens'] %}
        cast(coalesce(sum(daily.{{ column }}) filter (where daily.usage_date > given.as_of), 0)
            as {{ measure_type(column) }}) as {{ column }},
        {%- endfor %}
        coalesce(sum(daily.credits) filter (where daily.usage_date > given.as_of), 0) as credits
    from (select distinct tenant_id, as_of, task_category, first_date, last_date from given) as given
    inner join daily
        on given.tenant_id = daily.tenant_id and given.task_category = daily.task_category
        and daily.usage_date between given.first_date and given.last_date
    group by given.tenant_id, given.as_of, given.task_category, daily.model_id
),

tasks as (
    select tenant_id, as_of, task_category, sum(requests_before) as requests_before, sum(requests) as requests
    from used
    group by tenant_id, as_of, task_category
),

-- Against the mix of before of all models of the task, both in requests × requests_before.
shifted as (
    select
        given.*, tasks.requests_before,
        coalesce(present.requests, 0) as from_now,
        coalesce(other.requests, 0) as to_now,
        greatest(cast(given.from_requests as double) * tasks.requests
            - cast(coalesce(present.requests, 0) as double) * tasks.requests_before, 0) as fewer,
        greatest(cast(coalesce(other.requests, 0) as double) * tasks.requests_before
            - cast(given.to_requests as double) * tasks.requests, 0) as more,
        cast({{ rated_credits('rates', 'other', 'other.successes') }} as decimal(38, 6)) - other.credits as dearer_by
    from given
    inner join tasks
        on given.tenant_id = tasks.tenant_id and given.as_of = tasks.as_of and given.task_category = tasks.task_category
    left join used as present
        on given.tenant_id = present.tenant_id and given.as_of = present.as_of
        and given.task_category = present.task_category and given.from_model_id = present.model_id
    left join used as other
        on given.tenant_id = other.tenant_id and given.as_of = other.as_of
        and given.task_category = other.task_category and given.to_model_id = other.model_id
    left join rates
        on given.timezone = rates.timezone and given.from_model_id = rates.model_id
        and given.last_date >= rates.first_date and given.last_date < rates.next_first_date
),

-- What came to the other model from models that nobody advised to leave is no effect of the advice.
moved as (
    select *,
        coalesce(cast(floor(
            fewer * least(more / nullif(sum(fewer) over to_one_model, 0), 1) / requests_before
        ) as bigint), 0) as moved_requests
    from shifted
    window to_one_model as (partition by tenant_id, as_of, task_category, to_model_id)
)

select * from moved
