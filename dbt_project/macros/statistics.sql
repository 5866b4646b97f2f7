{#- Exact percentile of an integer column within its group, linearly interpolated, DOUBLE; NULL without values. -#}
{% macro percentile(column, fraction) -%}
  {{ return(adapter.dispatch('percentile', 'tallybook')(column, fraction)) }}
{%- endmacro %}

{% macro default__percentile(column, fraction) -%}
  percentile({{ column }}, {{ fraction }})
{%- endmacro %}

{% macro duckdb__percentile(column, fraction) -%}
  quantile_cont(cast({{ column }} as double), {{ fraction }})
{%- endmacro %}

{#- Twice the median of a decimal column within its group, exact: an even number of values has its median between two. -#}
{% macro double_median(column) -%}
  percentile_disc(0.5) within group (order by {{ column }})
  + percentile_disc(0.5) within group (order by {{ column }} desc)
{%- endmacro %}

{#-
  The history that a day's credits are judged by, as CTEs to put after a CTE `days` of every day with usage and a CTE `judged`
  of those to judge (key columns, usage_date, first_usage_date). `past` has the 28 calendar dates before each judged day that are
  on or after the first usage, with their credits, dates without usage as 0; `history` one row per judged day with
    history_days  how many these are
    median2       twice the median of their credits: a multiple, because it is an exact decimal
    highest       the highest of their credits
  Days without a date before them are missing.
-#}
{% macro history_of_credits(keys) -%}
  {%- set grain = keys + ['usage_date'] -%}
  offsets as (
    {%- for day in range(1, 29) %}
    {{ 'union all ' if not loop.first }}select {{ day }} as days_before
    {%- endfor %}
),

past as (
    select {% for column in grain %}judged.{{ column }}, {% endfor %}
      cast(coalesce(days.credits, 0) as decimal(38, 6)) as credits
    from judged
    cross join offsets
    left join days
      on {{ date_minus('judged.usage_date', 'offsets.days_before') }} = days.usage_date
      {%- for key in keys %} and judged.{{ key }} = days.{{ key }}{% endfor %}
    where {{ date_minus('judged.usage_date', 'offsets.days_before') }} >= judged.first_usage_date
),

history as (
    select {{ grain | join(', ') }}, count(*) as history_days, {{ double_median('credits') }} as median2, max(credits) as highest
    from past
    group by {{ grain | join(', ') }}
)
{%- endmacro %}

{#- How many standard errors a two-sided interval of 95 % spans to either side. -#}
{% macro normal_95() -%}
  1.959963984540054
{%- endmacro %}

{#- An end (`+` or `-`) of Wilson's 95 % interval of a share of successes among trials, DOUBLE 0-1; NULL without trials. -#}
{% macro wilson_bound(successes, trials, sign) -%}
  {%- set n = 'nullif(cast(' ~ trials ~ ' as double), 0)' -%}
  {%- set p = '(cast(' ~ successes ~ ' as double) / ' ~ n ~ ')' -%}
  {%- set z = normal_95() -%}
  (
    ({{ p }} + {{ z }} * {{ z }} / (2 * {{ n }})
      {{ sign }} {{ z }} * sqrt({{ p }} * (1 - {{ p }}) / {{ n }} + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})))
    / (1 + {{ z }} * {{ z }} / {{ n }})
  )
{%- endmacro %}

{#- Sample variance from a count of at least 2, a sum and a sum of squares, DOUBLE. -#}
{% macro sample_variance(count, total, squares) -%}
  ((cast({{ squares }} as double) - cast({{ total }} as double) * {{ total }} / {{ count }}) / ({{ count }} - 1))
{%- endmacro %}
