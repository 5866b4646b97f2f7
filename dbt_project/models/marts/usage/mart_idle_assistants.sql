with idle as (
    select * from {{ ref('int_idle_assistants') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

known as (
    select
        idle.tenant_id,
        idle.item_id,
        idle.last_used_on,
        idle.unused_since,
        idle.idle_from,
        case when idle.idle_through <= as_of.as_of_date then idle.idle_through end as idle_through
    from idle
    inner join as_of
        on idle.tenant_id = as_of.tenant_id
        and idle.idle_from <= as_of.as_of_date
)

select * from known
