{{ config(materialized='tallybook_table') }}

with facts as (
    select min(usage_date) as first_date, max(usage_date) as last_date
    from {{ ref('fct_usage_daily') }}
),

days as (
    select {{ dates_between('first_date', 'last_date') }} as date_day
    from facts
    where first_date is not null
)

select * from days
