{{ config(materialized='tallybook_table') }}

with lines as (
    select * from {{ ref('int_invoice_lines') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

added_up as (
    select
        tenant_id,
        invoice_id,
        min(entry_date) as issued_on,
        max(cast(occurred_at as date)) as last_line_on,
        {{ billed_period(
            'min(period_start) filter (where document_id = invoice_id)',
            'max(period_end) filter (where document_id = invoice_id)',
            'min(entry_date)'
        ) | indent(8) }},
        case when min(currency) = max(currency) then min(currency) end as currency,
        {%- for figure in ['amount', 'credits'] %}
        -- What only a credit note names says nothing of the invoice itself.
        cast(case
            when count({{ figure }}) filter (where not is_credit_note) > 0 or count(*) = count_if(is_credit_note)
                then sum({{ figure }})
        end as decimal(38, 6)) as invoiced_{{ figure }},
        {%- endfor %}
        coalesce(sum(amount) filter (where is_credit_note and credits is null), 0) as amount_alone,
        coalesce(sum(credits) filter (where is_credit_note and amount is null), 0) as credits_alone,
        cast(sum(amount) filter (where is_credit_note) as decimal(38, 6)) as credited_amount,
        cast(sum(credits) filter (where is_credit_note) as decimal(38, 6)) as credited_credits,
        cast(sum(tax_amount) as decimal(38, 6)) as tax_amount,
        max(due_on) filter (where not is_credit_note) as due_on
    from lines
    group by tenant_id, invoice_id
),

invoices as (
    select
        added_up.tenant_id,
        added_up.invoice_id,
        added_up.issued_on,
        added_up.billed_from as period_start,
        added_up.billed_to as period_end,
        added_up.currency,
        -- What several currencies add up to is unknown; where there is none of it, it is nothing all the same.
        case when added_up.currency is not null or added_up.amount_alone = 0 then added_up.amount_alone end as amount_alone,
        {%- for amount in ['invoiced_amount', 'credited_amount', 'tax_amount'] %}
        case when added_up.currency is not null then added_up.{{ amount }} end as {{ amount }},
        {%- endfor %}
        added_up.invoiced_credits,
        added_up.credits_alone,
        added_up.credited_credits,
        added_up.due_on,
        as_of.timezone,
        as_of.as_of_date,
        -- What landed later could not be on the invoice, nor was it due on it before its period was over.
        greatest(added_up.last_line_on, added_up.billed_to) as known_by
    from added_up
    inner join as_of
        on added_up.tenant_id = as_of.tenant_id
)

select * from invoices
