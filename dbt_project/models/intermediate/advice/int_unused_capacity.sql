{{ config(materialized='ephemeral') }}

-- Of the time before a tenant's first date nobody knows what was used.
with dates as (
    select * from {{ ref('int_advice_dates') }} where first_usage_date < first_idle_date
),

tenants as (
    select tenant_id, seats from {{ ref('dim_tenants') }} where seats is not null
),

users as (
    select tenant_id, usage_date, user_id from {{ ref('int_user_daily') }} where user_id <> '(none)'
),

items as (
    select * from {{ ref('dim_items') }} where item_type = 'assistant'
),

item_usage as (
    select tenant_id, item_id, usage_date from {{ ref('int_item_daily') }}
),

seats as (
    select
        dates.tenant_id, dates.as_of, dates.first_idle_date as first_date, tenants.seats,
        count(distinct users.user_id) as seats_used
    from dates
    inner join tenants
        on dates.tenant_id = tenants.tenant_id
    left join users
        on dates.tenant_id = users.tenant_id
        and users.usage_date between dates.first_idle_date and dates.as_of
    group by dates.tenant_id, dates.as_of, dates.first_idle_date, tenants.seats
),

assistants as (
    select
        dates.tenant_id,
        dates.as_of,
        dates.first_idle_date as first_date,
        items.item_id,
        items.created_on
    from dates
    inner join items
        on dates.tenant_id = items.tenant_id
    where (
        items.retired_on is null
        or items.retired_on > dates.as_of
    ) and (
        items.created_on is null
        or items.created_on <= dates.as_of
    )
),

last_uses as (
    select
        assistants.tenant_id, assistants.as_of, assistants.first_date, assistants.item_id, assistants.created_on,
        max(item_usage.usage_date) as last_used_on
    from assistants
    left join item_usage
        on assistants.tenant_id = item_usage.tenant_id
        and assistants.item_id = item_usage.item_id
        and item_usage.usage_date <= assistants.as_of
    group by
        assistants.tenant_id, assistants.as_of, assistants.first_date, assistants.item_id, assistants.created_on
),

unused as (
    select tenant_id, as_of, first_date, 'idle_seats' as kind, seats - seats_used as quantity, seats as quantity_of
    from seats
    where seats > seats_used
    union all
    select
        tenant_id, as_of, first_date, 'unused_assistants',
        count(*) filter (where coalesce(last_used_on, created_on) < first_date),
        count(*)
    from last_uses
    group by tenant_id, as_of, first_date
    having count(*) filter (where coalesce(last_used_on, created_on) < first_date) > 0
)

select * from unused
