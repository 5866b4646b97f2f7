{{ config(materialized='tallybook_table') }}

with metering as (
    select * from {{ ref('int_invoice_metering') }}
),

-- A credit note that names credits or money alone takes the other back at the price.
billed as (
    select
        *,
        {{ money_unit('currency') }} as money_unit,
        coalesce({{ credits_for(money_unit('currency'), 'credit_price') }}, 0) as unit_credits,
        metered_credits + purchased_credits as expected_credits,
        metered_amount + purchased_amount as expected_amount,
        case when credits_alone = 0 then invoiced_amount else invoiced_amount + {{ money_for('credits_alone', 'credit_price') }} end
            as billed_amount,
        case
            when amount_alone = 0 then invoiced_credits
            else invoiced_credits - {{ credits_for('abs(amount_alone)', 'credit_price') }}
        end as named_credits
    from metering
),

compared as (
    select
        *,
        cast(case
            when invoiced_credits is not null then named_credits - expected_credits
            else sign(billed_amount - expected_amount) * {{ credits_for('abs(billed_amount - expected_amount)', 'credit_price') }}
        end as decimal(38, 6)) as difference_credits
    from billed
),

-- Where nothing differs there is nothing to explain, whatever landed later.
later as (
    select
        *,
        case when {{ is_rounding('difference_credits') }} then 0 else -late_credits end as late_usage,
        case when {{ is_rounding('difference_credits') }} then 0 else -restated_credits end as restated_usage
    from compared
),

remaining as (
    select
        *,
        difference_credits - late_usage - restated_usage as remaining_credits
    from later
),

explained as (
    select
        *,
        case when {{ is_rounding('remaining_credits') }} then 0 else remaining_credits end as unexplained
    from remaining
),

-- Nothing shows that requests without a rate were on the invoice: how much they could explain is a bound, no cause.
bounded as (
    select
        *,
        case
            when unexplained > 0 and unrated_requests > 0 then least(coalesce(unrated_at_most, unexplained), unexplained)
            else 0
        end as unrated_bound
    from explained
)

select * from bounded
