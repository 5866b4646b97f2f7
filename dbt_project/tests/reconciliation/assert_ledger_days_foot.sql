-- Where a day of the ledger does not foot: by pool and in total, against the day before, a pool on the wrong side of 0, an
-- overdraft beside credits that could have been used, a date that is missing.
with balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

days as (
    select
        *,
        opening + granted - spent - withdrawn - expired as expected_closing,
        coalesce(lag(closing) over in_order, 0) as expected_opening,
        coalesce({{ date_minus('lag(usage_date) over in_order', -1) }}, usage_date) as expected_date
    from balance
    window in_order as (partition by tenant_id, pool order by usage_date)
),

totals as (
    select
        tenant_id,
        usage_date,
        count(*) as pools,
        sum(opening + granted - spent - withdrawn - expired) as expected_closing,
        sum(closing) as closing,
        sum(case when pool = 'overdraft' then closing else 0 end) as overdraft,
        sum(case when pool = 'overdraft' then 0 else closing end) as credits_left
    from balance
    group by tenant_id, usage_date
),

compared as (
    select 'closing of ' || pool as what, tenant_id, usage_date, expected_closing as expected, closing as found
    from days
    union all
    select 'opening of ' || pool, tenant_id, usage_date, expected_opening, opening from days
    union all
    select
        'sign of ' || pool, tenant_id, usage_date,
        case when pool = 'overdraft' then least(closing, 0) else greatest(closing, 0) end, closing
    from days
    union all
    select 'sign of a movement of ' || pool, tenant_id, usage_date, 0, least(granted, spent, withdrawn, expired)
    from days
    where least(granted, spent, withdrawn, expired) < 0
    union all
    select 'dates of ' || pool, tenant_id, usage_date, 0, {{ days_between('expected_date', 'usage_date') }} from days
    union all
    select 'pools', tenant_id, usage_date, 4, pools from totals
    union all
    select 'closing in total', tenant_id, usage_date, expected_closing, closing from totals
    union all
    select 'overdraft beside credits', tenant_id, usage_date, 0, credits_left from totals where overdraft < 0
)

select * from compared
where expected <> found
