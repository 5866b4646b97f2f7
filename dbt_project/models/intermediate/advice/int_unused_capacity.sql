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

idle as (
    select * from {{ ref('int_idle_assistants') }}
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
    select dates.tenant_id, dates.as_of, count(*) as there
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
    group by dates.tenant_id, dates.as_of
),

idle_assistants as (
    select dates.tenant_id, dates.as_of, dates.first_idle_date as first_date, count(*) as idle
    from dates
    inner join idle
        on dates.tenant_id = idle.tenant_id
        and idle.idle_from <= dates.as_of
        and (
            idle.idle_through is null
            or idle.idle_through >= dates.as_of
        )
    group by dates.tenant_id, dates.as_of, dates.first_idle_date
),

unused as (
    select tenant_id, as_of, first_date, 'idle_seats' as kind, seats - seats_used as quantity, seats as quantity_of
    from seats
    where seats > seats_used
    union all
    select
        idle_assistants.tenant_id, idle_assistants.as_of, idle_assistants.first_date, 'unused_assistants',
        idle_assistants.idle, assistants.there
    from idle_assistants
    inner join assistants
        on idle_assistants.tenant_id = assistants.tenant_id
        and idle_assistants.as_of = assistants.as_of
)

select * from unused
