{{ config(materialized='tallybook_table') }}

with usage as (
    select tenant_id, usage_date, model_id, task_category, sum(credits) as credits
    from {{ ref('fct_usage_daily') }}
    group by tenant_id, usage_date, model_id, task_category
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

revenues as (
    select * from {{ ref('int_revenue_daily') }}
),

-- What a model's use earned the publisher is what it cost the tenant.
spent as (
    select
        tenant_id,
        usage_date,
        model_id,
        currency,
        cast(round(greatest(sum(revenue), 0), 6) as decimal(38, 6)) as spend,
        cast(greatest(sum(unpaid_credits) + sum(unpriced_credits), 0) as decimal(38, 6)) as unknown_credits
    from revenues
    group by tenant_id, usage_date, model_id, currency
),

used as (
    select
        usage.tenant_id,
        usage.usage_date,
        usage.model_id,
        usage.task_category,
        cast(usage.credits as decimal(38, 6)) as credits,
        cast(sum(usage.credits) over (partition by usage.tenant_id, usage.usage_date, usage.model_id) as decimal(38, 6))
            as model_credits
    from usage
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
    where usage.credits > 0
),

-- Amounts that no decimal can divide exactly are unknown.
matched as (
    select
        used.*,
        spent.currency,
        spent.spend,
        spent.unknown_credits,
        spent.model_id is not null and used.model_credits < 10000000000000 and spent.spend < 10000000000000
            and spent.unknown_credits < 10000000000000 as is_known
    from used
    left join spent
        on used.tenant_id = spent.tenant_id
        and used.usage_date = spent.usage_date
        and used.model_id = spent.model_id
),

-- The ledger knows models, not tasks: a model's spend of a date is shared by credits.
shared as (
    select
        tenant_id,
        usage_date,
        task_category,
        coalesce(currency, '(none)') as currency,
        case when is_known then {{ cut_share('spend', 'credits', 'model_credits') }} end as spend,
        case
            when is_known then {{ cut_share('unknown_credits', 'credits', 'model_credits') }}
            else credits
        end as unknown_credits
    from matched
),

daily as (
    select
        tenant_id,
        usage_date,
        task_category,
        currency,
        case when sum(unknown_credits) = 0 then cast(round(sum(spend), 6) as decimal(38, 6)) end as spend_amount,
        cast(round(sum(unknown_credits), 6) as decimal(38, 6)) as unknown_credits
    from shared
    group by tenant_id, usage_date, task_category, currency
)

select * from daily
