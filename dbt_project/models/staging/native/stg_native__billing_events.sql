with source as (
    select * from {{ source('lake', 'billing_events') }}
),

renamed as (
    select
        ---------- ids
        source,
        tenant_id,
        billing_id,
        invoice_id,
        corrects_invoice_id,
        ---------- what happened
        kind,
        pool as named_pool,
        coalesce(pool, case
            when kind = 'plan_grant' then 'plan'
            when kind = 'promo_grant' then 'promo'
            when {{ moves_credits('kind') }} then 'topup'
        end) as pool,
        description,
        ---------- numerics
        credits,
        amount,
        tax_amount,
        currency,
        priority,
        ---------- times
        occurred_at,
        event_date,
        expires_on,
        period_start,
        period_end,
        due_on,
        ---------- where it came from
        file_id
    from source
)

select * from renamed
