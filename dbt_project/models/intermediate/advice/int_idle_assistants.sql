with assistants as (
    select * from {{ ref('dim_items') }} where item_type = 'assistant'
),

item_usage as (
    select tenant_id, item_id, usage_date from {{ ref('int_item_daily') }}
),

tenant_usage as (
    select tenant_id, usage_date from {{ ref('int_tenant_daily') }}
),

-- Of the time before a tenant's first date nobody knows what was used.
begun as (
    select tenant_id, min(usage_date) as first_date
    from tenant_usage
    group by tenant_id
),

used as (
    select
        assistants.tenant_id,
        assistants.item_id,
        assistants.created_on,
        assistants.retired_on,
        item_usage.usage_date as last_used_on,
        item_usage.usage_date as unused_since,
        lead(item_usage.usage_date) over uses as used_again_on,
        row_number() over uses as place
    from assistants
    inner join item_usage
        on assistants.tenant_id = item_usage.tenant_id
        and assistants.item_id = item_usage.item_id
    window uses as (partition by assistants.tenant_id, assistants.item_id order by item_usage.usage_date)
),

waiting as (
    select
        assistants.tenant_id,
        assistants.item_id,
        assistants.retired_on,
        greatest(begun.first_date, assistants.created_on) as unused_since,
        used.last_used_on as used_again_on
    from assistants
    inner join begun
        on assistants.tenant_id = begun.tenant_id
    left join used
        on assistants.tenant_id = used.tenant_id
        and assistants.item_id = used.item_id
        and used.place = 1
    where assistants.created_on is not null
),

unused as (
    select tenant_id, item_id, last_used_on, unused_since, used_again_on, retired_on from used
    union all
    select tenant_id, item_id, cast(null as date) as last_used_on, unused_since, used_again_on, retired_on from waiting
),

ended as (
    select
        tenant_id,
        item_id,
        last_used_on,
        unused_since,
        {{ date_minus('unused_since', -var('advice_idle_days')) }} as idle_from,
        {{ date_minus('least(used_again_on, retired_on)', 1) }} as idle_through
    from unused
),

idle as (
    select *
    from ended
    where idle_through is null or idle_from <= idle_through
)

select * from idle
