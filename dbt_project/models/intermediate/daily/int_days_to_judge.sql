{{ config(materialized='tallybook_table', meta={'closed_by': none}) }}

with parts as (
    select * from {{ changed_parts() }} as changed
),

items as (
    select * from {{ ref('int_item_daily') }}
),

earliest as (
    select tenant_id, min(usage_date) as usage_date
    from parts
    group by tenant_id
),

-- Where an item's history began before this run, or begins now, is a changed part or its first unchanged one.
unchanged as (
    select items.tenant_id, items.item_id, min(items.usage_date) as usage_date
    from items
    left join parts
        on items.tenant_id = parts.tenant_id
        and items.usage_date = parts.usage_date
    where parts.tenant_id is null
    group by items.tenant_id, items.item_id
),

anchors as (
    select tenant_id, usage_date from parts
    union
    select unchanged.tenant_id, unchanged.usage_date
    from unchanged
    inner join earliest
        on unchanged.tenant_id = earliest.tenant_id
        and unchanged.usage_date > earliest.usage_date
),

offsets as (
    {%- for day in range(0, 1 if is_full_build() else 29) %}
    {{ 'union all ' if not loop.first }}select {{ day }} as days_after
    {%- endfor %}
),

judged as (
    select distinct
        anchors.tenant_id,
        {{ date_minus('anchors.usage_date', '-offsets.days_after') }} as usage_date
    from anchors
    cross join offsets
)

select * from judged
