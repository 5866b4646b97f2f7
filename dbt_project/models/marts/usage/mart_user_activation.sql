with users as (
    select * from {{ ref('stg_directory__users') }}
),

successes as (
    select * from {{ ref('int_user_success_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

signed_up as (
    select
        users.tenant_id,
        users.user_id,
        users.signed_up_at,
        {{ local_timestamp('users.signed_up_at', 'zone_days') }} as signed_up_local,
        cast({{ date_minus('as_of.as_of_date', -1) }} as timestamp) as shown_until
    from users
    inner join as_of
        on users.tenant_id = as_of.tenant_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'users.signed_up_at') }}
    where {{ local_date('users.signed_up_at', 'zone_days') }} <= as_of.as_of_date
),

firsts as (
    select
        successes.tenant_id,
        successes.user_id,
        min(successes.first_success_at) as first_value_at,
        min(successes.usage_date) as first_value_on
    from successes
    inner join as_of
        on successes.tenant_id = as_of.tenant_id
        and successes.usage_date <= as_of.as_of_date
    group by successes.tenant_id, successes.user_id
),

waited as (
    select
        signed_up.tenant_id,
        signed_up.user_id,
        signed_up.signed_up_at,
        cast(signed_up.signed_up_local as date) as signed_up_on,
        signed_up.signed_up_local as signed_up_local_at,
        firsts.first_value_at,
        firsts.first_value_on,
        greatest({{ seconds_between('signed_up.signed_up_at', 'firsts.first_value_at') }}, 0) as seconds,
        {{ seconds_between('signed_up.signed_up_local', 'signed_up.shown_until') }} as seconds_shown
    from signed_up
    left join firsts
        on signed_up.tenant_id = firsts.tenant_id
        and signed_up.user_id = firsts.user_id
),

activation as (
    select
        tenant_id,
        user_id,
        signed_up_at,
        signed_up_on,
        signed_up_local_at,
        first_value_at,
        first_value_on,
        case when first_value_at is not null then {{ ratio('seconds', '3600') }} end as hours_to_first_value,
        {{ ratio('case when first_value_at is null then seconds_shown else seconds end', '3600') }} as hours_observed,
        case
            when first_value_at is null then 'Never'
            when seconds < 3600 then '<1h'
            when seconds < 21600 then '1-6h'
            when seconds < 86400 then '6-24h'
            when seconds < 259200 then '1-3d'
            when seconds < 604800 then '3-7d'
            else '7+d'
        end as bucket
    from waited
)

select * from activation
