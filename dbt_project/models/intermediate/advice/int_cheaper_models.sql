{{ config(materialized='ephemeral') }}

with dates as (
    select * from {{ ref('int_advice_dates') }}
),

daily as (
    select * from {{ ref('int_task_model_daily') }}
),

rates as (
    select * from {{ ref('int_model_tiers') }}
),

used as (
    select
        dates.tenant_id,
        dates.timezone,
        dates.as_of,
        dates.first_date,
        daily.task_category,
        daily.model_id,
        {%- for column in ['requests', 'successes', 'input_tokens', 'output_tokens', 'rating_count', 'rating_sum', 'rating_square_sum'] %}
        cast(sum(daily.{{ column }}) as {{ measure_type(column) }}) as {{ column }},
        {%- endfor %}
        sum(daily.credits) as credits
    from dates
    inner join daily
        on dates.tenant_id = daily.tenant_id
        and daily.usage_date between dates.first_date and dates.as_of
    group by dates.tenant_id, dates.timezone, dates.as_of, dates.first_date, daily.task_category, daily.model_id
    having sum(daily.requests) >= {{ var('advice_min_requests') }} and sum(daily.rating_count) >= {{ var('advice_min_ratings') }}
),

measured as (
    select
        used.*,
        {{ ratio('used.successes', 'used.requests') }} as success_rate,
        {{ wilson_bound('used.successes', 'used.requests', '-') }} as success_low,
        {{ wilson_bound('used.successes', 'used.requests', '+') }} as success_high,
        {{ ratio('used.rating_sum', 'used.rating_count') }} as avg_rating,
        {{ sample_variance('used.rating_count', 'used.rating_sum', 'used.rating_square_sum') }} / used.rating_count as rating_error,
        rates.credits_per_request,
        rates.credits_per_1k_input,
        rates.credits_per_1k_output
    from used
    inner join rates
        on used.timezone = rates.timezone
        and used.model_id = rates.model_id
        and used.as_of >= rates.first_date
        and used.as_of < rates.next_first_date
),

-- The differences are held at the lower ends of their intervals: Newcombe's of two shares, Welch's of two means.
compared as (
    select
        present.tenant_id, present.as_of, present.first_date, present.task_category,
        present.model_id as from_model_id, present.requests as from_requests, present.success_rate as from_success_rate,
        present.rating_count as from_ratings, present.avg_rating as from_avg_rating,
        other.model_id as to_model_id, other.requests as to_requests, other.success_rate as to_success_rate,
        other.rating_count as to_ratings, other.avg_rating as to_avg_rating,
        -- What they would take at the rate in force, where that is less than what they took.
        cast(least(
            present.credits, {{ rated_credits('present', 'present', 'present.successes') }}
        ) as decimal(38, 6)) as from_credits,
        cast({{ rated_credits('other', 'present', 'present.successes') }} as decimal(38, 6)) as to_credits,
        other.success_rate - present.success_rate - sqrt(
            power(other.success_rate - other.success_low, 2) + power(present.success_high - present.success_rate, 2)
        ) as success_difference_low,
        other.avg_rating - present.avg_rating - {{ normal_95() }} * sqrt(other.rating_error + present.rating_error)
            as rating_difference_low
    from measured as present
    inner join measured as other
        on present.tenant_id = other.tenant_id
        and present.as_of = other.as_of
        and present.task_category = other.task_category
        and present.model_id <> other.model_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, as_of, task_category, from_model_id order by to_credits, to_model_id
        ) as place
    from compared
    where from_credits - to_credits >= {{ var('advice_min_savings') }}
        and success_difference_low >= - {{ var('advice_success_margin') }}
        and rating_difference_low >= - {{ var('advice_rating_margin') }}
),

best as (
    select * from ranked where place = 1
)

select * from best
