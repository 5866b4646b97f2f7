with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

daily as (
    select
        tenant_id,
        usage_date,
        coalesce(direction, '(none)') as direction,
        count(*) as calls,
        count(*) filter (where status = 'error') as failed_calls,
        cast(coalesce(sum(duration_s), 0) as hugeint) as call_seconds,
        cast(sum(credits) as decimal(38, 6)) as credits
    from events
    where event_type = 'call'
    group by tenant_id, usage_date, coalesce(direction, '(none)')
)

select * from daily
