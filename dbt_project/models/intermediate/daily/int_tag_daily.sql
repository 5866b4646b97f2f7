with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

days as (
    select
        tenant_id,
        usage_date,
        cast(null as {{ dbt.type_string() }}) as tag_key,
        cast(null as {{ dbt.type_string() }}) as tag_value,
        {{ sum_measures() | indent(8) }}
    from facts
    where not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date
),

tagged as (
    select
        tenant_id,
        usage_date,
        tags,
        {{ usage_measures() | indent(8) }}
    from events
    where tags is not null and not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date, tags
),

texts as (
    select distinct tags from tagged
),

pairs as (
    {{ tag_pairs('texts') | indent(4) }}
),

by_tag as (
    select
        tagged.tenant_id,
        tagged.usage_date,
        pairs.tag_key,
        pairs.tag_value,
        {{ sum_measures() | indent(8) }}
    from tagged
    inner join pairs
        on tagged.tags = pairs.tags
    group by tagged.tenant_id, tagged.usage_date, pairs.tag_key, pairs.tag_value
),

daily as (
    select * from days
    union all
    select * from by_tag
)

select * from daily
