{{ config(materialized='tallybook_table') }}
{%- set kept = kept_of_this() %}
{%- set causes = ['late_usage', 'restated_usage', 'unexplained'] -%}

with differences as (
    select * from {{ ref('int_invoice_differences') }}
),

payments as (
    select * from {{ ref('int_invoice_payments') }}
),

double_charges as (
    select * from {{ ref('int_invoice_double_charges') }}
),

priced as (
    select
        *,
        cast(billed_amount - expected_amount as decimal(38, 6)) as difference_amount,
        billed_amount - expected_amount - {{ money_for('difference_credits', 'credit_price') }} as off_price
    from differences
),

split as (
    select
        *,
        {%- for cause in causes %}
        case when difference_credits is not null then cast({{ cause }} as decimal(38, 6)) end as {{ cause }}_credits,
        case when difference_amount is not null then coalesce({{ money_for(cause, 'credit_price') }}, 0) end as {{ cause }}_amount,
        {%- endfor %}
        case when difference_amount is not null then cast(case
            when credit_price is null then difference_amount
            when invoiced_credits is not null and abs(off_price) > money_unit then off_price
            else 0
        end as decimal(38, 6)) end as price_difference_amount
    from priced
),

footed as (
    select
        *,
        cast(difference_credits - ({% for cause in causes %}{{ cause }}_credits{{ ' + ' if not loop.last }}{% endfor %})
            as decimal(38, 6)) as rounding_credits,
        cast(difference_amount - price_difference_amount
            - ({% for cause in causes %}{{ cause }}_amount{{ ' + ' if not loop.last }}{% endfor %})
            as decimal(38, 6)) as rounding_amount
    from split
),

judged as (
    select
        *,
        coalesce(difference_amount - rounding_amount, difference_credits - rounding_credits) as beyond_rounding
    from footed
),

reconciliation as (
    select
        judged.tenant_id,
        judged.invoice_id,
        issued_on, period_start, period_end, is_complete,
        cast(billed_amount as decimal(38, 6)) as invoiced_amount,
        currency,
        cast(named_credits as decimal(38, 6)) as invoiced_credits,
        credit_price,
        cast(metered_credits as decimal(38, 6)) as metered_credits,
        difference_credits, difference_amount,
        case
            when beyond_rounding = 0 then 'matched'
            when bills_usage and metered_events = 0 then 'no_usage'
            when beyond_rounding > 0 then 'over_billed'
            when beyond_rounding < 0 then 'under_billed'
        end as status,
        late_usage_credits, restated_usage_credits, cast(0 as decimal(38, 6)) as unrated_usage_credits,
        rounding_credits, unexplained_credits,
        late_usage_amount, restated_usage_amount, cast(0 as decimal(38, 6)) as unrated_usage_amount,
        price_difference_amount, rounding_amount, unexplained_amount,
        unrated_requests, overlapping_invoices,
        cast(purchased_credits as decimal(38, 6)) as purchased_credits,
        credited_credits, credited_amount,
        cast(unrated_bound as decimal(38, 6)) as unrated_bound_credits,
        {{ money_for('unrated_bound', 'credit_price') }} as unrated_bound_amount,
        tax_amount,
        due_on,
        case when payments.invoice_id is null then 0 else paid_amount end as paid_amount,
        cast(billed_amount + coalesce(tax_amount, 0) - case when payments.invoice_id is null then 0 else paid_amount end
            as decimal(38, 6)) as open_amount,
        {%- if closed_to() %}
        greatest({{ date_minus('period_end', 1) }}, {{ first_open_date() }}) as shown_on,
        {%- else %}
        {{ date_minus('period_end', 1) }} as shown_on,
        {%- endif %}
        coalesce(double_charges.charged_twice_credits, 0) as charged_twice_credits,
        case when double_charges.invoice_id is null then 0 else double_charges.charged_twice_amount end as charged_twice_amount,
        coalesce(double_charges.charged_twice_bound_credits, 0) as charged_twice_bound_credits
    from judged
    left join payments
        on judged.tenant_id = payments.tenant_id
        and judged.invoice_id = payments.invoice_id
    left join double_charges
        on judged.tenant_id = double_charges.tenant_id
        and judged.invoice_id = double_charges.invoice_id
    {%- if kept %}
    -- What a closed month has stands, whatever became of the invoice; one that it has not came later.
    where not exists (
        select 1
        from {{ kept.include(database=false) }} as kept
        where judged.tenant_id = kept.tenant_id and judged.invoice_id = kept.invoice_id
            and {{ closed_condition('kept.shown_on') }}
    )
    {%- endif %}
)

select * from reconciliation
