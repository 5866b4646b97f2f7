{{ config(materialized='ephemeral') }}

with loads as (
    select * from {{ source('lake', 'loads') }}
),

clock as (
    select
        max(last_landing_date) as last_landing_date,
        cast(nullif('{{ var("to") }}', '') as date) as last_wanted_date,
        cast(nullif('{{ var("built_clock") }}', '') as date) as built_last_landing_date,
        cast(nullif('{{ var("built_to") }}', '') as date) as built_last_wanted_date
    from loads
)

select * from clock
