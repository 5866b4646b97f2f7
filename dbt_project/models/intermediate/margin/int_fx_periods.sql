with rates as (
    select * from {{ ref('stg_directory__fx_rates') }}
    where currency <> 'USD'
),

dated as (
    select currency, rate_date, usd_per_unit from rates
    union all
    select 'USD' as currency, date '0001-01-01' as rate_date, cast(1 as decimal(24, 12)) as usd_per_unit
),

periods as (
    select
        currency,
        rate_date as first_date,
        coalesce(
            lead(rate_date) over (partition by currency order by rate_date), date '9999-12-31'
        ) as next_first_date,
        usd_per_unit
    from dated
)

select * from periods
