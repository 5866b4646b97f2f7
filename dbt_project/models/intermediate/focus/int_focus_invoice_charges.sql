{{ config(materialized='ephemeral') }}

with lines as (
    select * from {{ ref('int_focus_invoice_lines') }}
),

sums as (
    select * from {{ ref('int_focus_invoice_sums') }}
),

differences as (
    select * from {{ ref('int_invoice_differences') }}
),

by_line as (
    select
        tenant_id,
        invoice_id,
        sum(case when is_credit_note then amount else 0 end) as credited,
        sum(case when is_credit_note or {{ is_closed('entry_date') }} then 0 else amount end) as billed_since
    from lines
    group by tenant_id, invoice_id
),

named as (
    select
        differences.tenant_id,
        differences.invoice_id,
        differences.issued_on,
        differences.currency,
        differences.money_unit,
        coalesce(sum(sums.billed) filter (where sums.is_named and sums.month is null), 0) as named_since,
        coalesce(sum(sums.billed), 0) as named_in_all,
        case when {{ is_closed('differences.issued_on') }} then by_line.billed_since
            else differences.billed_amount - by_line.credited end as billed
    from differences
    inner join by_line
        on differences.tenant_id = by_line.tenant_id
        and differences.invoice_id = by_line.invoice_id
    left join sums
        on differences.tenant_id = sums.tenant_id
        and differences.invoice_id = sums.invoice_id
        and differences.currency = sums.currency
    where differences.currency is not null
    group by
        differences.tenant_id, differences.invoice_id, differences.issued_on, differences.currency, differences.money_unit,
        differences.billed_amount, by_line.billed_since, by_line.credited
),

-- An invoice of a closed month was charged then: only what came since can differ.
beyond as (
    select
        *,
        {{ is_closed('issued_on') }} as is_of_closed,
        cast(billed as decimal(38, 12))
            - case when {{ is_closed('issued_on') }} then named_since else named_in_all end as amount
    from named
),

charges as (
    select
        tenant_id, entry_date as charge_date, 'Credit Note' as charge_type, kind as source_kind, billing_id as source_id,
        corrected_month, cast(null as varchar) as corrected_terms, 'Adjustment' as charge_category,
        coalesce(description, 'Credit note') || ' to ' || invoice_id as description, invoice_id,
        cast(amount as decimal(38, 12)) as amount, currency
    from lines
    where is_credit_note
    union all
    select
        tenant_id, entry_date, 'Tax', kind, billing_id, corrected_month, null, 'Tax',
        'Tax on ' || coalesce(invoice_id, billing_id), invoice_id,
        cast(tax_amount as decimal(38, 12)), currency
    from lines
    where tax_amount <> 0
    union all
    select
        tenant_id, greatest(issued_on, {{ first_open_date() }}), 'Difference', 'invoice', invoice_id,
        case when is_of_closed then {{ month_name('issued_on') }} end, null, 'Adjustment',
        case
            when abs(amount) < money_unit then 'Rounding of invoice '
            when amount > 0 then 'Billed beyond what is known by invoice '
            else 'Not billed of what is known by invoice '
        end || invoice_id, invoice_id, amount, currency
    from beyond
    where amount <> 0
    -- Usage that was closed before its invoice came is put on it.
    union all
    select
        sums.tenant_id, named.issued_on, 'Reassignment', 'invoice', sums.invoice_id, sums.month, sides.side, 'Adjustment',
        'Usage of ' || sums.month || ' on invoice ' || sums.invoice_id,
        case when sides.sign > 0 then sums.invoice_id end, cast(sides.sign * sums.billed as decimal(38, 12)), sums.currency
    from sums
    inner join named
        on sums.tenant_id = named.tenant_id
        and sums.invoice_id = named.invoice_id
        and sums.currency = named.currency
    cross join (select 'taken' as side, -1 as sign union all select 'put' as side, 1 as sign) as sides
    where not sums.is_named and sums.billed <> 0
)

select * from charges
