with source as (
    select * from {{ source('lake', 'directory_fx_rates') }}
),

renamed as (
    select
        date as rate_date,
        currency,
        usd_per_unit
    from source
)

select * from renamed
