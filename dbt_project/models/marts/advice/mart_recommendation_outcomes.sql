{{ config(materialized='tallybook_table') }}

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
        recommendations.*, as_of.timezone,
        {{ date_minus('recommendations.as_of', -1) }} as first_of_month,
        least({{ last_of_month(date_minus('recommendations.as_of', -1)) }}, as_of.as_of_date) as last_date
    from recommendations
    inner join as_of
        on recommendations.tenant_id = as_of.tenant_id and recommendations.as_of < as_of.as_of_date
    where recommendations.kind = 'cheaper_model'
        and recommendations.as_of = {{ last_of_month('recommendations.as_of') }}
),

months as (
    select distinct tenant_id, as_of, first_of_month, last_date from given
),

used as (
    select
        months.tenant_id, months.as_of, daily.task_category, daily.model_id,
        {%- for column in ['requests', 'successes', 'input_tokens', 'output_tokens'] %}
        cast(sum(daily.{{ column }}) as {{ measure_type(column) }}) as {{ column }},
        {%- endfor %}
        sum(daily.credits) as credits
    from months
    inner join daily
        on months.tenant_id = daily.tenant_id and daily.usage_date between months.first_of_month and months.last_date
    group by months.tenant_id, months.as_of, daily.task_category, daily.model_id
),

-- A pool is what moves to one model, and that model.
followed as (
    select
        given.*,
        coalesce(present.requests, 0) as from_now,
        coalesce(other.requests, 0) as to_now,
        sum(given.from_requests) over pool + given.to_requests as pool_before,
        sum(coalesce(present.requests, 0)) over pool + coalesce(other.requests, 0) as pool_now,
        cast({{ rated_credits('rates', 'other', 'other.successes') }} as decimal(38, 6)) - other.credits as dearer_by
    from given
    left join used as present
        on given.tenant_id = present.tenant_id and given.as_of = present.as_of
        and given.task_category = present.task_category and given.from_model_id = present.model_id
    left join used as other
        on given.tenant_id = other.tenant_id and given.as_of = other.as_of
        and given.task_category = other.task_category and given.to_model_id = other.model_id
    left join rates
        on given.timezone = rates.timezone and given.from_model_id = rates.model_id
        and given.last_date >= rates.first_date and given.last_date < rates.next_first_date
    window pool as (partition by given.tenant_id, given.as_of, given.task_category, given.to_model_id)
),

-- Against the mix of before, both in requests × pool_before.
shifted as (
    select
        *,
        greatest(cast(from_requests as double) * pool_now - cast(from_now as double) * pool_before, 0) as fewer,
        greatest(cast(to_now as double) * pool_before - cast(to_requests as double) * pool_now, 0) as more
    from followed
),

moved as (
    select *,
        coalesce(cast(floor(fewer * (more / nullif(sum(fewer) over pool, 0)) / pool_before) as bigint), 0) as moved_requests
    from shifted
    window pool as (partition by tenant_id, as_of, task_category, to_model_id)
),

outcomes as (
    select
        tenant_id, {{ month_name('first_of_month') }} as month, task_category, from_model_id, to_model_id,
        as_of as recommended_on, last_date, monthly_savings_credits as expected_credits,
        from_requests as from_requests_before, to_requests as to_requests_before,
        from_now as from_requests, to_now as to_requests, moved_requests,
        cast(case
            when moved_requests = 0 then 0
            when dearer_by >= 0 then {{ or_unknown(share_of_amount('dearer_by', 'moved_requests', 'to_now'), 'dearer_by') }}
            else - {{ or_unknown(share_of_amount('(- dearer_by)', 'moved_requests', 'to_now'), 'dearer_by') }}
        end as decimal(38, 6)) as saved_credits
    from moved
)

select * from outcomes
