with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

metered as (
    select
        tenant_id,
        usage_date,
        model_id,
        meters,
        count(*) as events
    from events
    where meters is not null and not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date, model_id, meters
),

texts as (
    select distinct meters as tags from metered
),

pairs as (
    {{ tag_pairs('texts') | indent(4) }}
),

daily as (
    select
        metered.tenant_id,
        metered.usage_date,
        metered.model_id,
        pairs.tag_key as meter,
        cast(sum(metered.events) as bigint) as events,
        cast(sum(metered.events * cast(pairs.tag_value as decimal(38, 0))) as hugeint) as quantity
    from metered
    inner join pairs
        on metered.meters = pairs.tags
    group by metered.tenant_id, metered.usage_date, metered.model_id, pairs.tag_key
)

select * from daily
