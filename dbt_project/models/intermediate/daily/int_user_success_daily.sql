with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

daily as (
    select
        tenant_id,
        user_id,
        usage_date,
        min(occurred_at) as first_success_at
    from events
    where status = 'success'
        and event_type in ('request', 'run')
        and user_id <> '(none)'
    group by tenant_id, user_id, usage_date
)

select * from daily
