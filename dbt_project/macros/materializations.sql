{#-
  The project's own materializations: they keep the rows of closed months, which dbt's built-in ones do not. Those stay as
  dbt has them, for this project and for any that uses it as a package.

  Tables are replaced where they stand, in one transaction: readers see the old rows or the new ones. dbt's way (build
  beside, rename twice, drop) costs several statements per table and run, which engines without such transactions need.
-#}
{% materialization tallybook_table, adapter='duckdb' %}
  {%- set table = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks) }}
  {%- call statement('main') %}
    {{ replace_table(load_cached_relation(this), table, with_closed_rows(sql)) }}
  {%- endcall %}
  {{ run_hooks(post_hooks) }}
  {%- do adapter.commit() %}

  {{ return({'relations': [table]}) }}
{% endmaterialization %}

{#- Of a table that stands, the parts of this run are replaced (macros/parts.sql). -#}
{% materialization tallybook_incremental, adapter='duckdb' %}
  {%- set built = load_cached_relation(this) -%}
  {%- set table = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks) }}
  {%- if built is none or not built.is_table or should_full_refresh() %}
    {%- call statement('main') %}
      {{ replace_table(built, table, with_closed_rows(sql)) }}
    {%- endcall %}
  {%- else %}
    {%- set computed = make_temp_relation(table) -%}
    {%- do run_query(create_table_as(true, computed, with_closed_rows(sql, of_parts=true))) %}
    {%- set columns = process_schema_changes(config.get('on_schema_change'), computed, built)
      or adapter.get_columns_in_relation(built) -%}
    {%- call statement('main') %}
      {{ replace_parts(table, computed, columns) }}
    {%- endcall %}
  {%- endif %}
  {{ run_hooks(post_hooks) }}
  {%- do adapter.commit() %}

  {{ return({'relations': [table]}) }}
{% endmaterialization %}

{#-
  A view is replaced in one statement. dbt's way (create beside, rename twice, drop) costs six, per view and run, and DuckDB
  replaces atomically. What the compiler asked of the database may have begun a transaction: it has to be committed.
-#}
{% materialization tallybook_view, adapter='duckdb' %}
  {%- set built = load_cached_relation(this) -%}
  {%- set view = this.incorporate(type='view') -%}
  {%- set sql = with_closed_rows(sql) -%}

  {{ run_hooks(pre_hooks) }}
  {%- if built is not none and not built.is_view %}
    {%- do adapter.drop_relation(built) %}
  {%- endif %}
  {%- call statement('main') %}
    {%- if config.get('contract').enforced %}
      {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create or replace view {{ view.include(database=false) }} as (
      {{ sql }}
    )
  {%- endcall %}
  {{ run_hooks(post_hooks) }}
  {%- do adapter.commit() %}

  {{ return({'relations': [view]}) }}
{% endmaterialization %}

{#-
  128-bit decimals of the contracted tables are written as they are: packed they take a fifth of the place, but four times
  as long to write and, each time, to read.
-#}
{% macro replace_table(built, table, sql) -%}
  {%- if built is not none %}
    drop {{ built.type }} {{ built }};
  {%- endif %}
  {{ create_table_as(false, table, sql)
    | replace('decimal(38,6) not null', 'decimal(38,6) not null using compression uncompressed') }}
{%- endmacro %}
