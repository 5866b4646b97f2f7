{{ config(materialized='tallybook_table') }}

with entries as (
    select * from {{ ref('int_ledger_entries') }}
),

origins as (
    select * from {{ ref('int_ledger_entry_origins') }}
),

numbered as (
    select
        *,
        row_number() over in_order as entry_no,
        sum(credits) over in_order as balance_after,
        -- What an origin says of itself stands once, on its first line, however many pools it moves.
        entry_type <> 'expiry' and not coalesce(
            lag(entry_date) over by_tenant = entry_date
            and lag(phase) over by_tenant = phase
            and lag(origin_id) over by_tenant = origin_id,
            false
        ) as is_first_of_origin
    from entries
    window
        by_tenant as (partition by tenant_id order by entry_date, phase, occurred_at, origin_id, place),
        in_order as (
            partition by tenant_id
            order by entry_date, phase, occurred_at, origin_id, place
            rows between unbounded preceding and current row
        )
),

statement as (
    select
        numbered.tenant_id,
        cast(numbered.entry_no as integer) as entry_no,
        numbered.entry_date,
        numbered.entry_type,
        origins.kind,
        numbered.pool,
        origins.model_id,
        origins.job_id,
        case when numbered.origin_type = 'billing' then numbered.origin_id else '(none)' end as billing_id,
        origins.description || case
            when numbered.entry_type = 'expiry' then ', expired after ' || cast(origins.expires_on as varchar)
            when numbered.entry_type = 'grant' and numbered.pool = 'overdraft' then ', pays off overdraft'
            else ''
        end as description,
        case when numbered.is_first_of_origin then origins.quantity end as quantity,
        case when numbered.is_first_of_origin then origins.unit_price end as unit_price,
        cast(numbered.credits as decimal(38, 6)) as credits,
        case when numbered.is_first_of_origin then origins.amount end as amount,
        case when numbered.is_first_of_origin then origins.currency end as currency,
        cast(numbered.balance_after as decimal(38, 6)) as balance_after,
        origins.adjusted_month,
        origins.invoice_id,
        origins.period_start,
        origins.period_end,
        origins.due_on,
        {%- for told in ['tax_amount', 'quantity_unit', 'unit_price_unit'] %}
        case when numbered.is_first_of_origin then origins.{{ told }} end as {{ told }}{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered
    left join origins
        on numbered.tenant_id = origins.tenant_id
        and numbered.origin_type = origins.origin_type
        and numbered.origin_id = origins.origin_id
        and numbered.origin_date = origins.origin_date
)

select * from statement
