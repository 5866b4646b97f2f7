{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with tenants as (
    select * from {{ ref('dim_tenants') }}
),

using_it as (
    select tenant_id, {{ month_name('min(usage_date)') }} as first_month
    from {{ ref('mart_tenant_daily') }}
    group by tenant_id
),

months as (
    select * from {{ ref('int_balance_months') }}
),

monthly as (
    select
        months.month,
        tenants.tenant_id,
        tenants.tenant_name,
        tenants.timezone,
        tenants.currency,
        tenants.plan,
        tenants.credit_price,
        tenants.billing_mode,
        tenants.next_billing_date,
        tenants.burn_order
    from months
    cross join tenants
    inner join using_it
        on tenants.tenant_id = using_it.tenant_id
        and using_it.first_month <= months.month
)

select * from monthly
