with users as (
    {{ rows_to_build(ref('int_user_daily')) }}
),

item_usage as (
    {{ rows_to_build(ref('int_item_daily')) }}
),

hours as (
    {{ rows_to_build(ref('int_tenant_hourly')) }}
),

items as (
    select * from {{ ref('stg_directory__items') }}
),

daily as (
    select
        tenant_id,
        usage_date,
        {{ sum_measures() | indent(8) }},
        count(*) filter (where user_id <> '(none)') as active_users
    from users
    group by tenant_id, usage_date
),

workflows as (
    select
        item_usage.tenant_id,
        item_usage.usage_date,
        cast(sum(item_usage.runs) as bigint) as workflow_runs
    from item_usage
    inner join items
        on item_usage.tenant_id = items.tenant_id
        and item_usage.item_id = items.item_id
    where items.item_type = 'workflow'
    group by item_usage.tenant_id, item_usage.usage_date
),

peaks as (
    select
        tenant_id,
        usage_date,
        local_hour as peak_hour,
        row_number() over (partition by tenant_id, usage_date order by requests desc, local_hour) as place
    from hours
    where requests > 0
),

joined as (
    select
        daily.*,
        coalesce(workflows.workflow_runs, 0) as workflow_runs,
        peaks.peak_hour
    from daily
    left join workflows
        on daily.tenant_id = workflows.tenant_id
        and daily.usage_date = workflows.usage_date
    left join peaks
        on daily.tenant_id = peaks.tenant_id
        and daily.usage_date = peaks.usage_date
        and peaks.place = 1
)

select * from joined
