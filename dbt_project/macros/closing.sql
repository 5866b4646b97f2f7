{#-
  Closed months. What a model that names a column of dates or months in `meta.closed_by` gave for them when they were closed
  stands in the schema `closing` under the model's name, and is taken from there instead of being computed. `closed_to` is
  the last closed date, of all tenants alike; where it is empty, a model is what its own SQL says.
-#}

{#- Whether a date lies in a closed month. -#}
{% macro is_closed(day) -%}
  {{ return(day ~ " <= date '" ~ var('closed_to') ~ "'" if var('closed_to') else 'false') }}
{%- endmacro %}

{#- The first open date, on which what arrives late for closed months is posted; NULL where nothing is closed. -#}
{% macro first_open_date() -%}
  cast({{ date_minus("date '" ~ var('closed_to') ~ "'", -1) if var('closed_to') else 'null' }} as date)
{%- endmacro %}

{#- The SQL of a model with its rows of closed months as they were kept. `of_parts`: it gives some dates, for open ones only. -#}
{% macro with_closed_rows(sql, of_parts=false) -%}
  {%- set column = config.get('meta', {}).get('closed_by') -%}
  {%- if not column or not var('closed_to') -%}
    {{ return(sql) }}
  {%- endif -%}
  {%- set closed = closed_condition(column) -%}
  {%- set computed = 'select * from (\n' ~ sql ~ '\n) as computed where not (' ~ closed ~ ')' -%}
  {%- if of_parts -%}
    {{ return(computed) }}
  {%- endif -%}
  {%- set kept = adapter.get_relation(this.database, 'closing', this.identifier) -%}
  {#- A model that did not exist yet when the months were closed has to compute them. -#}
  {{ return(union_by_name(computed, 'select * from ' ~ kept.include(database=false) ~ ' where ' ~ closed) if kept else sql) }}
{%- endmacro %}

{#- Whether a row is of a closed month. Of a model that ends with the dates shown, a month is closed where it is shown whole. -#}
{% macro closed_condition(column) -%}
  {%- set ends_as_of = config.get('meta', {}).get('ends_as_of') and var('to') -%}
  {%- set last = [var('closed_to'), var('to')] | min if ends_as_of else var('closed_to') -%}
  {%- if column != 'month' -%}
    {{ return(column ~ " <= date '" ~ last ~ "'") }}
  {%- endif -%}
  {%- set day = modules.datetime.date.fromisoformat(last) + modules.datetime.timedelta(days=1) -%}
  {{ return(column ~ " < '" ~ day.isoformat()[:7] ~ "'") }}
{%- endmacro %}

{#- Rows of two queries under the names of the first; a column that only one of them has is unknown in the other. -#}
{% macro union_by_name(first, second) -%}
  {{ return(adapter.dispatch('union_by_name')(first, second)) }}
{%- endmacro %}

{% macro default__union_by_name(first, second) -%}
  {{ exceptions.raise_compiler_error('closed months need a union by name on this engine') }}
{%- endmacro %}

{% macro duckdb__union_by_name(first, second) -%}
  {{ return(first ~ '\nunion all by name\n' ~ second) }}
{%- endmacro %}
