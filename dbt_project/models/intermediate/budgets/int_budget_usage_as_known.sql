{{ config(materialized='tallybook_table') }}
{#- The 28 dates that means go by, each judged by the 28 before it; the month so far lies within them. -#}
{%- set days_back = 55 %}

with months as (
    select * from {{ ref('int_budget_backtest_months') }}
),

daily_usage as (
    select * from {{ ref('int_budget_usage') }}
),

firsts as (
    select * from {{ ref('int_budget_first_known') }}
),

late as (
    select * from {{ ref('int_budget_late_usage') }}
),

-- What was not known yet of a date as another one ended.
unknown as (
    select tenant_id, scope, scope_id, as_of, usage_date, sum(credits) as credits
    from (
        select
            tenant_id, scope, scope_id, usage_date, credits,
            {{ dates_between(
                'usage_date', 'least(' ~ date_minus('known_on', 1) ~ ', ' ~ date_minus('usage_date', -days_back) ~ ')'
            ) }} as as_of
        from late
    ) as dated
    group by tenant_id, scope, scope_id, as_of, usage_date
),

-- As the other dates of these months ended, all was known that is known now.
affected as (
    select distinct
        unknown.tenant_id, unknown.scope, unknown.scope_id, unknown.as_of, months.month_start, months.month_end,
        firsts.first_known_date
    from unknown
    inner join months
        on unknown.tenant_id = months.tenant_id
        and unknown.scope = months.scope
        and unknown.scope_id = months.scope_id
        and unknown.as_of >= months.month_start
        and unknown.as_of < months.month_end
    inner join firsts
        on unknown.tenant_id = firsts.tenant_id
        and unknown.scope = firsts.scope
        and unknown.scope_id = firsts.scope_id
        and unknown.as_of >= firsts.from_date
        and unknown.as_of < firsts.before_date
),

daily as (
    select
        affected.*,
        daily_usage.usage_date,
        daily_usage.weekday,
        cast(daily_usage.credits - coalesce(unknown.credits, 0) as decimal(38, 6)) as credits
    from affected
    inner join daily_usage
        on affected.tenant_id = daily_usage.tenant_id
        and affected.scope = daily_usage.scope
        and affected.scope_id = daily_usage.scope_id
        and daily_usage.usage_date >= affected.first_known_date
        and daily_usage.usage_date between {{ date_minus('affected.as_of', days_back) }} and affected.as_of
    left join unknown
        on affected.tenant_id = unknown.tenant_id
        and affected.scope = unknown.scope
        and affected.scope_id = unknown.scope_id
        and affected.as_of = unknown.as_of
        and daily_usage.usage_date = unknown.usage_date
)

select * from daily
