{{ config(materialized='ephemeral') }}

with rates as (
    select * from {{ ref('int_rates_by_date') }}
),

newest as (
    select * from rates where is_in_force and last_date = date '9999-12-31'
)

select * from newest
