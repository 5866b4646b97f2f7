with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

daily as (
    select
        tenant_id,
        usage_date,
        task_category,
        model_id,
        count(*) as requests,
        count(*) filter (where status = 'success') as successes,
        cast(coalesce(sum(input_tokens) filter (where status = 'success'), 0) as decimal(38, 0)) as input_tokens,
        cast(coalesce(sum(output_tokens) filter (where status = 'success'), 0) as decimal(38, 0)) as output_tokens,
        cast(coalesce(sum(credits) filter (where status = 'success'), 0) as decimal(38, 6)) as credits,
        count(user_rating) as rating_count,
        cast(coalesce(sum(user_rating), 0) as bigint) as rating_sum,
        cast(coalesce(sum(user_rating * user_rating), 0) as bigint) as rating_square_sum
    from events
    where event_type = 'request'
        and task_category <> '(none)'
        and model_id <> '(none)'
    group by tenant_id, usage_date, task_category, model_id
)

select * from daily
