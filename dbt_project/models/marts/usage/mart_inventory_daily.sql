with days as (
    select tenant_id, usage_date from {{ ref('mart_tenant_daily') }}
),

tenants as (
    select tenant_id, seats, item_slots from {{ ref('dim_tenants') }}
),

people as (
    select tenant_id, signed_up_on from {{ ref('dim_users') }} where not is_inferred
),

things as (
    select
        tenant_id,
        created_on,
        retired_on,
        case when item_type = 'workflow' then 1 else 0 end as workflow,
        case when item_type = 'assistant' then 1 else 0 end as assistant
    from {{ ref('dim_items') }}
    where not is_inferred and coalesce(retired_on > created_on, true)
),

begun as (
    select tenant_id, min(usage_date) as first_date
    from days
    group by tenant_id
),

moves as (
    select tenant_id, signed_up_on as moved_on, 1 as users, 0 as items, 0 as workflows, 0 as assistants from people
    union all
    select tenant_id, created_on, 0, 1, workflow, assistant from things
    union all
    select tenant_id, retired_on, 0, -1, -workflow, -assistant from things where retired_on is not null
),

-- Whoever and whatever was there before the first date, or nobody knows since when, is there from the first date on.
moved as (
    select
        moves.tenant_id,
        greatest(begun.first_date, coalesce(moves.moved_on, begun.first_date)) as usage_date,
        sum(moves.users) as users,
        sum(moves.items) as items,
        sum(moves.workflows) as workflows,
        sum(moves.assistants) as assistants
    from moves
    inner join begun
        on moves.tenant_id = begun.tenant_id
    group by moves.tenant_id, greatest(begun.first_date, coalesce(moves.moved_on, begun.first_date))
),

inventory as (
    select
        days.tenant_id,
        days.usage_date,
        tenants.seats,
        tenants.item_slots,
        {%- for name in ['users', 'items', 'workflows', 'assistants'] %}
        cast(sum(coalesce(moved.{{ name }}, 0)) over so_far as bigint) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    inner join tenants
        on days.tenant_id = tenants.tenant_id
    left join moved
        on days.tenant_id = moved.tenant_id
        and days.usage_date = moved.usage_date
    window so_far as (
        partition by days.tenant_id order by days.usage_date rows between unbounded preceding and current row
    )
)

select * from inventory
