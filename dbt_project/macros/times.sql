{#-
  The row of int_zone_days by which a zone's clocks show a UTC timestamp, as a join's condition. That model lists the dates it
  has; whoever dates something else adds its dates there. Only this way round: the way back is ambiguous when clocks go back.
-#}
{% macro is_zone_day(zone_days, timezone, utc_timestamp, utc_date=none) -%}
  {{ zone_days }}.timezone = {{ timezone }}
        and {{ zone_days }}.utc_date = {{ utc_date or 'cast(' ~ utc_timestamp ~ ' as date)' }}
        and {{ zone_days }}.starts_at <= {{ utc_timestamp }}
        and {{ zone_days }}.ends_at > {{ utc_timestamp }}
{%- endmacro %}

{#- A UTC timestamp as the wall clock of a zone shows it, by that row. -#}
{% macro local_timestamp(utc_timestamp, zone_days) -%}
  ({{ utc_timestamp }} + {{ zone_days }}.utc_offset)
{%- endmacro %}

{% macro local_date(utc_timestamp, zone_days) -%}
  cast({{ local_timestamp(utc_timestamp, zone_days) }} as date)
{%- endmacro %}

{#-
  Days to go back from a date, or a timestamp, to where the zone rules are known: they end with a whole cycle of the calendar,
  the 400 years from 2100 on, and go on as they were in it (orchestration/zones/spans.py).
-#}
{% macro days_to_known_rules(day) -%}
  (146097 * cast(greatest(floor((extract(year from {{ day }}) - 2100) / 400), 0) as integer))
{%- endmacro %}

{#- The row of listed zone rules by which a zone's clocks show a UTC timestamp, as a join's condition. -#}
{% macro is_zone_offset(offsets, timezone, utc_timestamp) -%}
  {%- set known = '(' ~ utc_timestamp ~ ' - ' ~ days_to_known_rules(utc_timestamp) ~ " * interval '1' day)" -%}
  {{ offsets }}.timezone = {{ timezone }}
        and {{ offsets }}.utc_from <= {{ known }}
        and {{ offsets }}.utc_to > {{ known }}
{%- endmacro %}

{#- Every date from one to another, both inclusive, as rows of a select list. -#}
{% macro dates_between(first_date, last_date) -%}
  {{ return(adapter.dispatch('dates_between', 'tallybook')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__dates_between(first_date, last_date) -%}
  explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day))
{%- endmacro %}

{% macro duckdb__dates_between(first_date, last_date) -%}
  cast(unnest(generate_series(cast({{ first_date }} as timestamp), {{ last_date }}, interval 1 day)) as date)
{%- endmacro %}

{#- Every year from that of one timestamp to that of another, both inclusive, as rows of a select list. -#}
{% macro years_between(first, last) -%}
  {{ return(adapter.dispatch('years_between', 'tallybook')(first, last)) }}
{%- endmacro %}

{% macro default__years_between(first, last) -%}
  explode(sequence(extract(year from {{ first }}), extract(year from {{ last }})))
{%- endmacro %}

{% macro duckdb__years_between(first, last) -%}
  unnest(generate_series(extract(year from {{ first }}), extract(year from {{ last }})))
{%- endmacro %}

{#- Exact seconds between two timestamps, DECIMAL(38, 6). -#}
{% macro seconds_between(started_at, ended_at) -%}
  {{ return(adapter.dispatch('seconds_between', 'tallybook')(started_at, ended_at)) }}
{%- endmacro %}

{% macro default__seconds_between(started_at, ended_at) -%}
  cast(unix_micros({{ ended_at }}) - unix_micros({{ started_at }}) as decimal(20, 0)) * cast(0.000001 as decimal(7, 6))
{%- endmacro %}

{% macro duckdb__seconds_between(started_at, ended_at) -%}
  cast(epoch_us({{ ended_at }}) - epoch_us({{ started_at }}) as decimal(20, 0)) * cast(0.000001 as decimal(7, 6))
{%- endmacro %}

{#- A date some whole days earlier, as a date. -#}
{% macro date_minus(day, days) -%}
  {{ return(adapter.dispatch('date_minus', 'tallybook')(day, days)) }}
{%- endmacro %}

{% macro default__date_minus(day, days) -%}
  date_sub({{ day }}, {{ days }})
{%- endmacro %}

{% macro duckdb__date_minus(day, days) -%}
  ({{ day }} - cast({{ days }} as integer))
{%- endmacro %}

{#- The end (UTC) of a landing date. -#}
{% macro end_of_landing_date(landing_date) -%}
  cast({{ date_minus(landing_date, -1) }} as timestamp)
{%- endmacro %}

{#- The last date of the month that a date lies in. -#}
{% macro last_of_month(day) -%}
  last_day({{ day }})
{%- endmacro %}

{#- Whole days from one date to a later one. -#}
{% macro days_between(first_date, last_date) -%}
  {{ return(adapter.dispatch('days_between', 'tallybook')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__days_between(first_date, last_date) -%}
  datediff({{ last_date }}, {{ first_date }})
{%- endmacro %}

{% macro duckdb__days_between(first_date, last_date) -%}
  ({{ last_date }} - {{ first_date }})
{%- endmacro %}

{#- The month of a date as YYYY-MM. -#}
{% macro month_name(day) -%}
  substring(cast({{ day }} as varchar), 1, 7)
{%- endmacro %}

{#- Whole seconds of the UTC day that have passed at a UTC timestamp. -#}
{% macro second_of_day(utc_timestamp) -%}
  cast(
    extract(hour from {{ utc_timestamp }}) * 3600 + extract(minute from {{ utc_timestamp }}) * 60
    + floor(extract(second from {{ utc_timestamp }}))
  as integer)
{%- endmacro %}

{#- ISO day of the week of a date from 1970 on: 1 = Monday … 7 = Sunday. -#}
{% macro iso_weekday(day) -%}
  ({{ days_between("date '1969-12-29'", day) }} % 7 + 1)
{%- endmacro %}

{#- Where in the week a local hour lies: `weekend`, `peak` (09:00–16:59 from Monday to Friday) or `off_peak`. -#}
{% macro part_of_week(day, local_hour) -%}
  case when {{ iso_weekday(day) }} > 5 then 'weekend' when {{ local_hour }} between 9 and 16 then 'peak' else 'off_peak' end
{%- endmacro %}

{% macro is_peak(day, local_hour) -%}
  ({{ part_of_week(day, local_hour) }} = 'peak')
{%- endmacro %}
