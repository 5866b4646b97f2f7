with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

asked as (
    select
        tenant_id,
        usage_date,
        model_id,
        item_id,
        cast(sum(requests) as bigint) as requests
    from facts
    where not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date, model_id, item_id
),

failed as (
    select
        tenant_id,
        usage_date,
        error_type,
        model_id,
        item_id,
        count(*) as errors
    from events
    where {{ is_counted_as('errors') }}
    group by tenant_id, usage_date, error_type, model_id, item_id
),

daily as (
    select
        failed.*,
        asked.requests
    from failed
    inner join asked
        on failed.tenant_id = asked.tenant_id
        and failed.usage_date = asked.usage_date
        and failed.model_id = asked.model_id
        and failed.item_id = asked.item_id
)

select * from daily
