{{ config(materialized='tallybook_table') }}
{#- Means are kept times 60: of 1 to 4 equal weekdays, or of fewer than 7 dates, they are exact then. -#}
{%- set grain = 'tenant_id, scope, scope_id' %}

with daily as (
    select * from {{ ref('int_budget_usage') }}
),

rolled as (
    select
        *,
        sum(credits) over four_weekdays as weekday_sum,
        count(*) over four_weekdays as weekday_count,
        sum(credits) over four_weeks as window_sum,
        count(*) over four_weeks as window_count,
        cast(sum(credits) over weekdays_before as double) / nullif(count(*) over weekdays_before, 0) as weekday_mean_before,
        cast(sum(credits) over dates_before as double) / nullif(count(*) over dates_before, 0) as mean_before
    from daily
    window
        four_weekdays as (
            partition by {{ grain }}, weekday order by usage_date rows between 3 preceding and current row
        ),
        four_weeks as (partition by {{ grain }} order by usage_date rows between 27 preceding and current row),
        weekdays_before as (
            partition by {{ grain }}, weekday order by usage_date rows between 4 preceding and 1 preceding
        ),
        dates_before as (partition by {{ grain }} order by usage_date rows between 28 preceding and 1 preceding)
),

sixtieths as (
    select
        {{ grain }},
        usage_date,
        credits,
        window_count,
        weekday_sum * cast(60 / weekday_count as integer) as weekday_mean60,
        case when window_count < 7 then window_sum * cast(60 / window_count as integer) end as window_mean60,
        -- A decimal, because sums of doubles depend on the order in which they are added.
        -- An error of more than fifteen digits says nothing about the next day, and its square would be no decimal.
        case
            when abs(cast(credits as double) - coalesce(weekday_mean_before, mean_before)) < 1e15
                then cast(power(cast(credits as double) - coalesce(weekday_mean_before, mean_before), 2) as decimal(38, 6))
        end as square
    from rolled
),

forecast as (
    select
        {{ grain }},
        usage_date,
        credits,
        -- What a day 7, 6, … 1 days from now is expected to use, times 60.
        {%- for days_ago in range(7) %}
        cast(coalesce(lag(weekday_mean60, {{ days_ago }}) over dates, window_mean60) as decimal(38, 6))
            as mean60_{{ days_ago }},
        {%- endfor %}
        cast(window_count as integer) as history_days,
        sqrt(cast(sum(square) over four_weeks as double) / nullif(count(square) over four_weeks, 0)) as spread
    from sixtieths
    window
        dates as (partition by {{ grain }} order by usage_date),
        four_weeks as (partition by {{ grain }} order by usage_date rows between 27 preceding and current row)
)

select * from forecast
