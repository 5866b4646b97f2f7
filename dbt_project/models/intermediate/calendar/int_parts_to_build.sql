{{ config(materialized='tallybook_table') }}
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

-- An hour in a zone off by 30 or 45 minutes has a part in the next local date.
changed_moments as (
    select
        changes.tenant_id,
        coalesce(tenants.timezone, 'UTC') as timezone,
        changes.event_hour + moments.seconds * interval '1' second as moment
    from changes
    cross join (select 0 as seconds union all select 3599 as seconds) as moments
    left join tenants
        on changes.tenant_id = tenants.tenant_id
),

changed as (
    select
        changed_moments.tenant_id,
        {{ local_date('changed_moments.moment', 'zone_days') }} as usage_date
    from changed_moments
    inner join zone_days
        on {{ is_zone_day('zone_days', 'changed_moments.timezone', 'changed_moments.moment') }}
    union
    -- Where the last build, by the rules it had, dated it otherwise, it leaves that date.
    select
        changed_moments.tenant_id,
        {{ local_date('changed_moments.moment', 'offsets') }} as usage_date
    from changed_moments
    inner join {{ ref('int_zone_offsets_before') }} as offsets
        on {{ is_zone_offset('offsets', 'changed_moments.timezone', 'changed_moments.moment') }}
),

-- What the marts show ends elsewhere now: nothing there is computed again, but it appears or disappears.
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
    {%- if closed_to() %}
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
