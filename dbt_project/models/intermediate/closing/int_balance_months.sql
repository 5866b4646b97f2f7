with balances as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

months as (
    select distinct {{ month_name('usage_date') }} as month
    from balances
)

select * from months
