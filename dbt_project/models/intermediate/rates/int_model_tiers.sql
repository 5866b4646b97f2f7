{{ config(materialized='tallybook_table') }}

with rates as (
    select * from {{ ref('int_rates') }}
),

zones as (
    select distinct timezone from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

local_rates as (
    select
        zones.timezone,
        rates.model_id,
        rates.valid_from,
        {{ local_date('rates.valid_from', 'zone_days') }} as first_date,
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

last_of_date as (
    select
        *,
        row_number() over (partition by timezone, model_id, first_date order by valid_from desc) as place
    from local_rates
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
            lead(first_date) over (partition by timezone, model_id order by first_date), date '9999-12-31'
        ) as next_first_date
    from last_of_date
    where place = 1
)

select * from tiers
