{{ config(materialized='tallybook_table') }}

with spent as (
    select * from {{ ref('mart_spend_daily') }}
),

daily as (
    select
        tenant_id,
        usage_date,
        task_category,
        currency,
        -- Unknown of a part is unknown of the whole.
        case
            when sum(unknown_credits) = 0 and count(*) = count(spend_amount) then cast(sum(spend_amount) as decimal(38, 6))
        end as spend_amount,
        cast(sum(unknown_credits) as decimal(38, 6)) as unknown_credits
    from spent
    group by tenant_id, usage_date, task_category, currency
)

select * from daily
