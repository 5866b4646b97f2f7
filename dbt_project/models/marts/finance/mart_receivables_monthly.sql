with receivables as (
    select * from {{ ref('int_receivables_monthly') }}
),

shown as (
    select
        tenant_id,
        month,
        as_at,
        currency,
        invoices,
        {%- for figure in receivable_amounts() %}
        {{ figure }}_amount,
        {%- endfor %}
        unknown_invoices,
        unallocated_amount,
        cast(open_amount - not_due_amount as decimal(38, 6)) as overdue_amount
    from receivables
)

select * from shown
