{{ config(materialized='ephemeral') }}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

usage as (
    select * from {{ ref('mart_model_daily') }}
    where unrated_requests > 0
),

rates as (
    select * from {{ ref('int_rates_by_date') }} where is_in_force
),

-- All tokens of a model on a date on which it lacks a rate: what its requests without one had is no more than that.
unrated as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        invoices.period_start,
        invoices.period_end,
        sum(usage.unrated_requests) as requests,
        sum(usage.input_tokens) as input_tokens,
        sum(usage.output_tokens) as output_tokens
    from invoices
    inner join usage
        on invoices.tenant_id = usage.tenant_id
        and usage.usage_date >= invoices.period_start
        and usage.usage_date < invoices.period_end
    group by invoices.tenant_id, invoices.invoice_id, invoices.period_start, invoices.period_end
),

-- Nobody knows which rate they would have had: the highest of each kind that any model has in the period.
highest as (
    select
        periods.period_start,
        periods.period_end,
        max(rates.credits_per_request) as credits_per_request,
        max(rates.credits_per_1k_input) as credits_per_1k_input,
        max(rates.credits_per_1k_output) as credits_per_1k_output
    from (select distinct period_start, period_end from unrated) as periods
    inner join rates
        on rates.valid_from < cast({{ date_minus('periods.period_end', -1) }} as timestamp)
        and rates.valid_to > cast({{ date_minus('periods.period_start', 1) }} as timestamp)
        and rates.first_date < periods.period_end
        and rates.last_date >= periods.period_start
    group by periods.period_start, periods.period_end
),

bounded as (
    select
        unrated.tenant_id,
        unrated.invoice_id,
        cast(unrated.requests as bigint) as requests,
        cast({{ rated_credits('highest', 'unrated', 'unrated.requests') }} as decimal(38, 6)) as credits_at_most
    from unrated
    left join highest
        on unrated.period_start = highest.period_start
        and unrated.period_end = highest.period_end
)

select * from bounded
