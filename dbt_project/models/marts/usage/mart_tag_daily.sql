{{ config(materialized='tallybook_table', meta={'closed_by': none}) }}
{#- Stands on what is kept of closed months: their rows stay, and a key that came later is untagged in them. -#}

with usage as (
    select * from {{ ref('int_tag_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select usage.*
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
),

ranked as (
    select
        tenant_id,
        tag_key,
        row_number() over (partition by tenant_id order by sum(requests + runs + calls) desc, tag_key) as place
    from shown
    where tag_key is not null
    group by tenant_id, tag_key
),

tag_keys as (
    select tenant_id, tag_key from ranked where place <= {{ var('most_tag_keys') }}
),

tagged as (
    select shown.*
    from shown
    inner join tag_keys
        on shown.tenant_id = tag_keys.tenant_id
        and shown.tag_key = tag_keys.tag_key
),

-- All usage of the date less what has the key: as many rows to subtract as it has values.
of_key as (
    select days.tenant_id, days.usage_date, tag_keys.tag_key, {{ measures_of('days') | indent(8) }}
    from shown as days
    inner join tag_keys
        on days.tenant_id = tag_keys.tenant_id
    where days.tag_key is null
    union all
    select tenant_id, usage_date, tag_key, {{ negated_measures('tagged') | indent(8) }}
    from tagged
),

untagged as (
    select
        tenant_id,
        usage_date,
        tag_key,
        {{ sum_measures() | indent(8) }}
    from of_key
    group by tenant_id, usage_date, tag_key
),

both_kinds as (
    select tenant_id, usage_date, tag_key, tag_value, {{ measures_of('tagged') | indent(8) }} from tagged
    union all
    select tenant_id, usage_date, tag_key, '(none)' as tag_value, {{ measures_of('untagged') | indent(8) }}
    from untagged
    where requests + runs + calls > 0
),

daily as (
    select
        tenant_id,
        usage_date,
        tag_key,
        tag_value,
        {{ sum_measures() | indent(8) }}
    from both_kinds
    group by tenant_id, usage_date, tag_key, tag_value
)

select * from daily
