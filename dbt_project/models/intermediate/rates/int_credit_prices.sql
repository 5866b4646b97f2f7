{{ config(materialized='ephemeral') }}

with tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

history as (
    select * from {{ ref('stg_directory__credit_prices') }}
),

-- The tenant's own price holds before the first of its history, and always where it has none.
priced as (
    select
        tenants.tenant_id,
        date '0001-01-01' as first_date,
        tenants.credit_price,
        {{ currency_of('tenants') }} as currency
    from tenants
    union all
    select
        history.tenant_id,
        history.valid_from as first_date,
        history.credit_price,
        {{ currency_of('tenants', named='history.currency') }} as currency
    from history
    inner join tenants
        on history.tenant_id = tenants.tenant_id
),

periods as (
    select
        tenant_id,
        first_date,
        coalesce(
            lead(first_date) over (partition by tenant_id order by first_date), date '9999-12-31'
        ) as next_first_date,
        credit_price,
        currency
    from priced
)

select * from periods
