with source as (
    select * from {{ source('lake', 'directory_tenants') }}
),

renamed as (
    select
        tenant_id,
        tenant_name,
        timezone,
        currency,
        plan,
        credit_price,
        coalesce(billing_mode, 'prepaid') as billing_mode,
        seats,
        item_slots,
        created_at,
        admin_email,
        next_billing_date,
        burn_order
    from source
),

named as (
    {{ with_pseudonymous_addresses('renamed', 'admin_email') | indent(4) }}
)

select * from named
