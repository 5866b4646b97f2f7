{#-
  What everybody is expected to use from each date on, as CTEs to put after a CTE `daily` of every date with its weekday and
  credits; the last is `forecast`. Means are kept times 60: of 1 to 4 equal weekdays, or of fewer than 7 dates, they are exact
  then. `grain`: the columns that tell the series apart.
-#}
{% macro expected_use(grain) -%}
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
{%- endmacro %}

{#-
  What months are projected to come to, as CTEs to put after a CTE `joined` of dates with month_end, days_left, used (in the month
  so far), mean60_0 … mean60_6, spread and history_days; the last is `projection`, which adds projected, projected_low,
  projected_high and run_rate.
-#}
{% macro projected_use() -%}
sixtieths_projected as (
    select
        *,
        cast(
            used * 60
            {%- for days_ago in range(7) %}
            + mean60_{{ days_ago }} * cast(floor((days_left + {{ days_ago }}) / 7) as integer)
            {%- endfor %}
        as decimal(38, 6)) as projected60,
        -- 80 of 100 normal errors lie within 1.2816 standard deviations: of the days left, and of the mean they go by.
        case
            when days_left = 0 then cast(0 as decimal(38, 6))
            else cast(1.2816 * spread * sqrt(days_left + power(days_left, 2) / history_days) as decimal(38, 6))
        end as margin
    from joined
),

whole as (
    select *, {{ share_of_amount('projected60', 1, 60) }} as whole_projected
    from sixtieths_projected
),

projection as (
    select
        *,
        cast(whole_projected as decimal(38, 6)) as projected,
        cast(case when margin is not null then greatest(used, whole_projected - margin) end as decimal(38, 6)) as projected_low,
        cast(whole_projected + margin as decimal(38, 6)) as projected_high,
        cast({{ share_of_amount(
            'cast(used as decimal(38, 6))', 'extract(day from month_end)', 'extract(day from usage_date)'
        ) }} as decimal(38, 6)) as run_rate
    from whole
)
{%- endmacro %}
