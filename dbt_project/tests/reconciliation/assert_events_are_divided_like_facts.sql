-- Dates of which the events that a mart shows are not divided into runs, calls, input, output and ratings as the facts are;
-- of months that were closed before the mart told them apart there is nothing to compare.
with days as (
    select
        tenant_id,
        usage_date,
        sum(runs) as runs,
        sum(calls) as calls,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(input_credits) as input_credits,
        sum(output_credits) as output_credits,
        sum(rating_sum) as rating_sum,
        sum(rating_count) as rating_count
    from {{ ref('mart_usage_daily') }}
    group by tenant_id, usage_date
),

shown as (
    select
        tenant_id,
        usage_date,
        sum(runs) as runs,
        sum(calls) as calls,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(input_credits) as input_credits,
        sum(output_credits) as output_credits,
        coalesce(sum(user_rating), 0) as rating_sum,
        count(user_rating) as rating_count
    from {{ ref('mart_usage_events') }}
    where runs is not null
    group by tenant_id, usage_date
),

differing as (
    select shown.tenant_id, shown.usage_date
    from shown
    inner join days
        on shown.tenant_id = days.tenant_id
        and shown.usage_date = days.usage_date
    where shown.runs <> days.runs
        or shown.calls <> days.calls
        or shown.input_tokens <> days.input_tokens
        or shown.output_tokens <> days.output_tokens
        or shown.input_credits <> days.input_credits
        or shown.output_credits <> days.output_credits
        or shown.rating_sum <> days.rating_sum
        or shown.rating_count <> days.rating_count
)

select * from differing
