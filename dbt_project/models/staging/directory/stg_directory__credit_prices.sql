with source as (
    select * from {{ source('lake', 'directory_credit_prices') }}
),

renamed as (
    select
        tenant_id,
        valid_from,
        credit_price,
        currency
    from source
)

select * from renamed
