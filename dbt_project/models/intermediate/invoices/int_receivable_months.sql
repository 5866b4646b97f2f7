with billing as (
    select * from {{ ref('int_ledger_billing') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

reach as (
    select
        as_of.tenant_id,
        as_of.as_of_date,
        cast(date_trunc('month', min(billing.entry_date)) as date) as first_month,
        cast(date_trunc('month', as_of.as_of_date) as date) as last_month
    from billing
    inner join as_of
        on billing.tenant_id = as_of.tenant_id
    where billing.kind in ('invoice', 'payment')
    group by as_of.tenant_id, as_of.as_of_date
),

months as (
    select
        tenant_id,
        {{ month_name('month_start') }} as month,
        cast(least({{ last_of_month('month_start') }}, as_of_date) as date) as as_at
    from (select tenant_id, as_of_date, {{ dates_between('first_month', 'last_month') }} as month_start from reach) as dates
    where extract(day from month_start) = 1
)

select * from months
