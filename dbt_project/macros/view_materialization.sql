{#-
  A view is replaced in one statement, a transaction by itself. dbt's own way (create beside, rename twice, drop) costs six,
  per view and run, and DuckDB replaces atomically.
-#}
{% materialization view, adapter='duckdb' %}
  {%- set built = load_cached_relation(this) -%}
  {%- set view = this.incorporate(type='view') -%}
  {%- set sql = with_closed_rows(sql) -%}

  {{ run_hooks(pre_hooks) }}
  {%- if built is not none and not built.is_view %}
    {%- do adapter.drop_relation(built) %}
  {%- endif %}
  {%- call statement('main', auto_begin=false) %}
    {%- if config.get('contract').enforced %}
      {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create or replace view {{ view.include(database=false) }} as (
      {{ sql }}
    )
  {%- endcall %}
  {{ run_hooks(post_hooks) }}

  {{ return({'relations': [view]}) }}
{% endmaterialization %}
