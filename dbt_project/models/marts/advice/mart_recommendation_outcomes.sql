{{ config(materialized='tallybook_table') }}

with moved as (
    select * from {{ ref('int_advice_outcomes') }}
),

prices as (
    select * from {{ ref('int_credit_prices') }}
),

judged as (
    select
        *,
        {{ month_name('month_end') }} as month,
        -- Of a month that is not over, what could have been saved by now.
        case
            when last_date = month_end then monthly_savings_credits
            else cast({{ share_of_amount(
                'monthly_savings_credits', days_between('as_of', 'last_date'), days_between('as_of', 'month_end')
            ) }} as decimal(38, 6))
        end as expected_by_now,
        case
            when moved_requests = 0 then 0
            when dearer_by >= 0 then {{ or_unknown(share_of_amount('dearer_by', 'moved_requests', 'to_now'), 'dearer_by') }}
            else - {{ or_unknown(share_of_amount('(- dearer_by)', 'moved_requests', 'to_now'), 'dearer_by') }}
        end as saved
    from moved
),

outcomes as (
    select
        judged.tenant_id,
        judged.month,
        judged.task_category,
        judged.from_model_id,
        judged.to_model_id,
        judged.as_of as recommended_on,
        judged.last_date,
        judged.monthly_savings_credits as expected_credits,
        judged.from_requests as from_requests_before,
        judged.to_requests as to_requests_before,
        judged.from_now as from_requests,
        judged.to_now as to_requests,
        judged.moved_requests,
        cast(judged.saved as decimal(38, 6)) as saved_credits,
        judged.last_date = judged.month_end as is_whole_month,
        judged.expected_by_now as expected_to_date_credits,
        {{ money_for('judged.expected_by_now', 'prices.credit_price') }} as expected_to_date_amount,
        {{ money_for('judged.saved', 'prices.credit_price') }} as saved_amount,
        case when prices.credit_price is not null then prices.currency end as currency
    from judged
    left join prices
        on judged.tenant_id = prices.tenant_id
        and judged.last_date >= prices.first_date
        and judged.last_date < prices.next_first_date
)

select * from outcomes
