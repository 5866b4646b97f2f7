{{ config(materialized='ephemeral') }}

with rates as (
    select * from {{ ref('stg_directory__rates') }}
),

periods as (
    select
        model_id,
        first_date,
        last_date,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by model_id, first_date order by valid_from), timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        is_in_force,
        multiplier,
        coalesce(multiplier, 0) as credits_per_request,
        coalesce(credits_per_1k_input, 0) as credits_per_1k_input,
        coalesce(credits_per_1k_output, 0) as credits_per_1k_output
    from rates
)

select * from periods
