with directory as (
    select * from {{ ref('stg_directory__tenants') }}
),

named as (
    select tenant_id from {{ ref('int_tenant_daily') }}
    union
    select tenant_id from {{ ref('stg_native__billing_events') }}
    union
    select tenant_id from {{ ref('stg_native__job_runs') }}
    union
    select tenant_id from {{ ref('int_spend_adjustments') }}
),

inferred as (
    select named.tenant_id
    from named
    left join directory
        on named.tenant_id = directory.tenant_id
    where directory.tenant_id is null
),

tenants as (
    select
        tenant_id,
        tenant_name,
        timezone,
        currency,
        plan,
        credit_price,
        billing_mode,
        seats,
        item_slots,
        created_at,
        admin_email,
        next_billing_date,
        coalesce(burn_order, 'expiry') as burn_order,
        false as is_inferred
    from directory
    union all
    select
        tenant_id,
        tenant_id as tenant_name,
        'UTC' as timezone,
        {{ default_currency() }} as currency,
        null as plan,
        null as credit_price,
        'prepaid' as billing_mode,
        null as seats,
        null as item_slots,
        null as created_at,
        null as admin_email,
        null as next_billing_date,
        'expiry' as burn_order,
        true as is_inferred
    from inferred
)

select * from tenants
