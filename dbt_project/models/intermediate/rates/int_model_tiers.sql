{{ config(materialized='tallybook_table') }}

with rates as (
    select * from {{ ref('int_rates_by_date') }}
),

zones as (
    select timezone from {{ ref('int_tenant_as_of') }}
    union
    select 'UTC' as timezone
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

local_rates as (
    select
        zones.timezone,
        rates.model_id,
        rates.valid_from,
        rates.first_date as counts_from,
        rates.last_date as counts_to,
        {{ local_date('rates.valid_from', 'zone_days') }} as valid_on,
        rates.is_in_force,
        case
            when rates.multiplier < 1 then 'economy'
            when rates.multiplier < 2 then 'standard'
            when rates.multiplier >= 2 then 'premium'
            else 'unrated'
        end as tier,
        rates.credits_per_request,
        rates.credits_per_1k_input,
        rates.credits_per_1k_output
    from rates
    cross join zones
    inner join zone_days
        on {{ is_zone_day('zone_days', 'zones.timezone', 'rates.valid_from') }}
),

begun as (
    select
        *,
        greatest(valid_on, counts_from) as first_date,
        case when counts_to < date '9999-12-31' then {{ date_minus('counts_to', -1) }} else counts_to end as ends_on
    from local_rates
    where valid_on <= counts_to
),

last_of_date as (
    select
        *,
        row_number() over (
            partition by timezone, model_id, counts_from, first_date order by valid_from desc
        ) as place
    from begun
),

tiers as (
    select
        timezone,
        model_id,
        tier,
        credits_per_request,
        credits_per_1k_input,
        credits_per_1k_output,
        first_date,
        coalesce(
            lead(first_date) over (partition by timezone, model_id, counts_from order by first_date), ends_on
        ) as next_first_date,
        is_in_force
    from last_of_date
    where place = 1
),

in_force as (
    select
        timezone,
        model_id,
        tier,
        credits_per_request,
        credits_per_1k_input,
        credits_per_1k_output,
        first_date,
        next_first_date
    from tiers
    where is_in_force
)

select * from in_force
