{{ config(materialized='table') }}
{%- set events = ref('int_usage_events_unioned') %}
{%- set changes = source('lake', 'changes') %}

with changes as (
    {%- if is_full_build() %}
    select distinct
        tenant_id,
        date_trunc('hour', occurred_at) as event_hour
    from {{ events }}
    where environment = 'live'
    {%- else %}
    select distinct
        tenant_id,
        event_hour
    from {{ changes }}
    where load_id > {{ var('built_load_id') | int }}
    {%- endif %}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

changed_hours as (
    select
        changes.tenant_id,
        cast({{ local_timestamp_by_day('changes.event_hour', 'zone_days') }} as date) as first_date,
        -- An hour in a zone off by 30 or 45 minutes has a part in the next local date.
        cast({{ local_timestamp_by_day("(changes.event_hour + interval '3599' second)", 'zone_days') }} as date) as last_date
    from changes
    left join tenants
        on changes.tenant_id = tenants.tenant_id
    inner join zone_days
        on coalesce(tenants.timezone, 'UTC') = zone_days.timezone
        and cast(changes.event_hour as date) = zone_days.utc_date
),

changed as (
    select tenant_id, first_date as usage_date from changed_hours
    union
    select tenant_id, last_date as usage_date from changed_hours
),

-- What the marts show ends elsewhere now: nothing there is computed anew, but it appears or disappears.
shifted as (
    select
        tenant_id,
        {{ dates_between(
            date_minus('least(built_as_of_date, as_of_date)', -1), 'greatest(built_as_of_date, as_of_date)'
        ) }} as usage_date
    from as_of
    where built_as_of_date <> as_of_date
),

named as (
    select tenant_id, usage_date, true as is_touched from changed
    union all
    select tenant_id, usage_date, false as is_touched from shifted
    {%- if var('closed_to') %}
    union all
    select distinct tenant_id, {{ first_open_date() }} as usage_date, false as is_touched
    from changed
    where {{ is_closed('usage_date') }}
    {%- endif %}
),

parts as (
    select
        tenant_id,
        usage_date,
        bool_or(is_touched and not {{ is_closed('usage_date') }}) as is_changed,
        bool_or(is_touched and {{ is_closed('usage_date') }}) as is_late
    from named
    group by tenant_id, usage_date
)

select * from parts
