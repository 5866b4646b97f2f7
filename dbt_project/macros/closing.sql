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
  {{ return(last_date_of(run_query(query).rows[0][0])) }}
{%- endmacro %}

{#- The last date of a month (YYYY-MM), as text; '' of none. -#}
{% macro last_date_of(month) -%}
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

{#- What is kept of the model in hand, a relation; none where months are open or none of it was kept. -#}
{% macro kept_of_this() -%}
  {%- if not execute or model.resource_type == 'unit_test' or not closed_to() -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(adapter.get_relation(this.database, 'closing', this.identifier)) }}
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
  {{ return(union_by_name(computed, kept_rows(kept) ~ ' where ' ~ closed) if kept else sql) }}
{%- endmacro %}

{#-
  A select of what is kept of a model. A measure that came after a month had been closed is 0 in its rows, where all others
  are: the month stands as it was closed.
-#}
{% macro kept_rows(kept) -%}
  {%- if not execute or model.resource_type == 'unit_test' -%}
    {{ return('select * from ' ~ kept) }}
  {%- endif -%}
  {%- set names = adapter.get_columns_in_relation(kept) | map(attribute='name') | list -%}
  {#- Among tokens of caches alone they may be absent for good. -#}
  {%- if 'input_tokens' not in names or 'cached_input_tokens' not in names -%}
    {{ return('select * from ' ~ kept.include(database=false)) }}
  {%- endif -%}
  {%- set shown = [] -%}
  {%- for name in names if name not in later_measures() -%}
    {%- do shown.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- for name in later_measures() -%}
    {%- set value = 'coalesce(' ~ name ~ ', 0)' if name in names else 'cast(0 as ' ~ measure_type(name) ~ ')' -%}
    {%- do shown.append(value ~ ' as ' ~ name) -%}
  {%- endfor -%}
  {{ return('select ' ~ shown | join(', ') ~ ' from ' ~ kept.include(database=false)) }}
{%- endmacro %}

{#-
  Tokens that an event wrote to a cache; 0 where its log does not say, and on the dates of months that were closed before such
  tokens were read: their figures and costs stand without them, and what comes late for them is counted and priced likewise.
-#}
{% macro known_cache_writes(tokens, local_at) -%}
  {%- set known = 'coalesce(' ~ tokens ~ ', 0)' -%}
  {%- set last = closed_without_cache_writes() -%}
  {{ return('case when cast(' ~ local_at ~ " as date) <= date '" ~ last ~ "' then 0 else " ~ known ~ ' end' if last else known) }}
{%- endmacro %}

{#- The last date of the months that were closed before cache writes were read; '' where there is none. -#}
{% macro closed_without_cache_writes() -%}
  {%- set last = closed_to() if execute and model.resource_type != 'unit_test' else '' -%}
  {%- set kept = adapter.get_relation(this.database, 'closing', 'fct_usage_daily') if last -%}
  {%- if not kept -%}
    {{ return('') }}
  {%- endif -%}
  {%- if 'cache_write_input_tokens' not in adapter.get_columns_in_relation(kept) | map(attribute='name') | list -%}
    {{ return(last) }}
  {%- endif -%}
  {%- set query %}
    select max({{ month_name('usage_date') }})
    from {{ kept }}
    where {{ is_closed('usage_date') }} and cache_write_input_tokens is null
  {%- endset -%}
  {{ return(last_date_of(run_query(query).rows[0][0])) }}
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
