{{ config(materialized='tallybook_table') }}
{%- set causes = ['late_usage', 'restated_usage', 'unrated_usage', 'unexplained'] -%}

with differences as (
    select * from {{ ref('int_invoice_differences') }}
),

priced as (
    select
        *,
        cast(
            invoiced_amount - {{ money_for('metered_credits', 'credit_price') }} as decimal(38, 6)
        ) as difference_amount,
        invoiced_amount - {{ money_for('invoiced_credits', 'credit_price') }} as off_price
    from differences
),

split as (
    select
        *,
        {%- for cause in causes %}
        case when difference_credits is not null then cast({{ cause }} as decimal(38, 6)) end as {{ cause }}_credits,
        case when difference_amount is not null then {{ money_for(cause, 'credit_price') }} end as {{ cause }}_amount,
        {%- endfor %}
        case when difference_amount is not null
            then cast(case when abs(off_price) > money_unit then off_price else 0 end as decimal(38, 6))
        end as price_difference_amount
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
        tenant_id,
        invoice_id,
        issued_on,
        period_start,
        period_end,
        is_complete,
        invoiced_amount,
        currency,
        invoiced_credits,
        credit_price,
        metered_credits,
        difference_credits,
        difference_amount,
        case
            when beyond_rounding = 0 then 'matched'
            when metered_events = 0 then 'no_usage'
            when beyond_rounding > 0 then 'over_billed'
            when beyond_rounding < 0 then 'under_billed'
        end as status,
        {%- for cause in ['late_usage', 'restated_usage', 'unrated_usage', 'rounding', 'unexplained'] %}
        {{ cause }}_credits,
        {%- endfor %}
        {%- for cause in ['late_usage', 'restated_usage', 'unrated_usage', 'price_difference', 'rounding', 'unexplained'] %}
        {{ cause }}_amount,
        {%- endfor %}
        unrated_requests,
        overlapping_invoices
    from judged
)

select * from reconciliation
