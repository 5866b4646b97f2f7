{{ config(materialized='ephemeral', meta={'closed_by': none}) }}

with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

tagged as (
    select distinct tenant_id, usage_date, tags
    from events
    where tags is not null
),

texts as (
    select distinct tags from tagged
),

pairs as (
    {{ tag_pairs('texts') | indent(4) }}
),

by_date as (
    select tagged.tenant_id, tagged.usage_date, tagged.tags, pairs.tag_key, pairs.tag_value
    from tagged
    inner join pairs
        on tagged.tags = pairs.tags
    where not {{ is_focus_tag('pairs.tag_key') }}
),

-- Keys such as a request's id have a value for each event: a charge for each of them would be no bill any more.
few_values as (
    select tenant_id, usage_date, tag_key
    from by_date
    group by tenant_id, usage_date, tag_key
    having count(distinct tag_value) <= {{ var('focus_tag_values') }}
),

shown as (
    select
        by_date.tenant_id,
        by_date.usage_date,
        by_date.tags,
        {{ joined_in_order(json_text('by_date.tag_key') ~ " || ':' || " ~ json_text('by_date.tag_value'), 'by_date.tag_key') }}
            as own_tags
    from by_date
    inner join few_values
        on by_date.tenant_id = few_values.tenant_id
        and by_date.usage_date = few_values.usage_date
        and by_date.tag_key = few_values.tag_key
    group by by_date.tenant_id, by_date.usage_date, by_date.tags
)

select * from shown
