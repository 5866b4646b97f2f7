{{ config(materialized='tallybook_table') }}

with metering as (
    select * from {{ ref('int_invoice_metering') }}
),

billed as (
    select
        *,
        {{ money_unit('currency') }} as money_unit,
        coalesce({{ credits_for(money_unit('currency'), 'credit_price') }}, 0) as unit_credits,
        coalesce(
            invoiced_credits, sign(invoiced_amount) * {{ credits_for('abs(invoiced_amount)', 'credit_price') }}
        ) as billed_credits
    from metering
),

compared as (
    select
        *,
        cast(billed_credits - metered_credits as decimal(38, 6)) as difference_credits
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

unrated as (
    select
        *,
        case
            when remaining_credits <= 0 or unrated_requests = 0 or {{ is_rounding('remaining_credits') }} then 0
            else least(remaining_credits, coalesce(
                case when rated_requests > 0
                    then {{ share_of_amount('metered_credits', 'unrated_requests', 'rated_requests') }} end,
                remaining_credits
            ))
        end as unrated_usage
    from remaining
),

explained as (
    select
        *,
        case
            when {{ is_rounding('(remaining_credits - unrated_usage)') }} then 0
            else remaining_credits - unrated_usage
        end as unexplained
    from unrated
)

select * from explained
