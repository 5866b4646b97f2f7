{#-
  Closed months. What a model that names a column of dates or months in `meta.closed_by` gave for them when they were closed
  stands in the schema `closing` under the model's name, and is taken from there instead of being computed. `closed_to` is
  the last closed date, of all tenants alike; where it is empty, a model is what its own SQL says.
-#}

{#-
  The last closed date, '' where none is: as the variable says or, where a run does not set it, as the journal does. A run
  that knows nothing of closed months must not compute them again.
-#}
{% macro closed_to() -%}
  {%- if var('closed_to') is not none or not execute or model.resource_type == 'unit_test' -%}
    {{ return(var('closed_to') or '') }}
  {%- endif -%}
  {%- set journal = builtins.source('audit', 'month_closings') -%}
  {%- if adapter.get_relation(journal.database, journal.schema, journal.identifier) is none -%}
    {{ return('') }}
  {%- endif -%}
  {%- set query %}
    select max(month)
    from (
      select month, row_number() over (partition by month order by entry_no desc) as place, action
      from {{ journal }}
    ) as entries
    where place = 1 and action = 'close'
  {%- endset -%}
  {%- set month = run_query(query).rows[0][0] -%}
  {%- if not month -%}
    {{ return('') }}
  {%- endif -%}
  {%- set first = modules.datetime.date.fromisoformat(month ~ '-01') -%}
  {%- set next_month = (first + modules.datetime.timedelta(days=31)).replace(day=1) -%}
  {{ return((next_month - modules.datetime.timedelta(days=1)).isoformat()) }}
{%- endmacro %}

{#- Raise where months are closed and the model should keep its rows of them, but has a materialization that does not. -#}
{% macro require_that_closed_rows_are_kept() -%}
  {%- set column = (model.config.meta or {}).get('closed_by') if model.resource_type == 'model' -%}
  {%- set able = ['tallybook_table', 'tallybook_view', 'tallybook_incremental'] -%}
  {%- if column and model.config.materialized not in able and closed_to() -%}
    {%- do exceptions.raise_compiler_error(
      model.name ~ ' keeps its rows of closed months by ' ~ column ~ ' (meta.closed_by), which the materialization '
      ~ model.config.materialized ~ ' cannot: it would compute the months up to ' ~ closed_to() ~ ' again. Give it one of '
      ~ able | join(', ')
    ) -%}
  {%- endif -%}
{%- endmacro %}

{#- Whether a date lies in a closed month. -#}
{% macro is_closed(day) -%}
  {%- set last = closed_to() -%}
  {{ return(day ~ " <= date '" ~ last ~ "'" if last else 'false') }}
{%- endmacro %}

{#- The first open date, on which what arrives late for closed months is posted; NULL where nothing is closed. -#}
{% macro first_open_date() -%}
  {%- set last = closed_to() -%}
  cast({{ date_minus("date '" ~ last ~ "'", -1) if last else 'null' }} as date)
{%- endmacro %}

{#- The SQL of a model with its rows of closed months as they were kept. `of_parts`: it gives some dates, for open ones only. -#}
{% macro with_closed_rows(sql, of_parts=false) -%}
  {%- set column = config.get('meta', {}).get('closed_by') -%}
  {%- if not column or not closed_to() -%}
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
  {%- set last = [closed_to(), var('to')] | min if ends_as_of else closed_to() -%}
  {%- if column != 'month' -%}
    {{ return(column ~ " <= date '" ~ last ~ "'") }}
  {%- endif -%}
  {%- set day = modules.datetime.date.fromisoformat(last) + modules.datetime.timedelta(days=1) -%}
  {{ return(column ~ " < '" ~ day.isoformat()[:7] ~ "'") }}
{%- endmacro %}

{#- Rows of two queries under the names of the first; a column that only one of them has is unknown in the other. -#}
{% macro union_by_name(first, second) -%}
  {{ return(adapter.dispatch('union_by_name', 'tallybook')(first, second)) }}
{%- endmacro %}

{% macro default__union_by_name(first, second) -%}
  {{ exceptions.raise_compiler_error('closed months need a union by name on this engine') }}
{%- endmacro %}

{% macro duckdb__union_by_name(first, second) -%}
  {{ return(first ~ '\nunion all by name\n' ~ second) }}
{%- endmacro %}
