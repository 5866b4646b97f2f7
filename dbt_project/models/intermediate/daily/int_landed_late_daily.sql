with events as (
    {{ rows_of_run(ref('int_usage_events_rated')) }}
),

tenants as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

-- What landed on its own date or before was known as that date ended.
landed as (
    select
        tenant_id,
        usage_date,
        landing_date,
        team_id,
        user_id,
        project_id,
        sum(credits) as credits
    from events
    where landing_date > usage_date and not ({{ is_closed('usage_date') }})
    group by tenant_id, usage_date, landing_date, team_id, user_id, project_id
),

-- A date is known with the first landing date at whose end it is over: west of UTC that is the one after it.
known as (
    select
        landed.*,
        least(landed.landing_date, {{ date_minus(local_date(end_of_landing_date('landed.landing_date'), 'zone_days'), 1) }})
            as known_on
    from landed
    inner join tenants
        on landed.tenant_id = tenants.tenant_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'tenants.timezone', end_of_landing_date('landed.landing_date')) }}
),

daily as (
    select
        tenant_id,
        usage_date,
        known_on,
        team_id,
        user_id,
        project_id,
        cast(sum(credits) as decimal(38, 6)) as credits
    from known
    where known_on > usage_date
    group by tenant_id, usage_date, known_on, team_id, user_id, project_id
)

select * from daily
