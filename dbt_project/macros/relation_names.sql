{#-
  Relations are named by schema and table, without the database: views would else carry the name of the warehouse file, and
  break when it is copied, renamed or attached under another one. Relations in a database of their own keep its name.

  Every model names a relation, so that this is the place to look at how it is built, too.
-#}

{% macro ref() -%}
  {%- do require_that_closed_rows_are_kept() if execute -%}
  {%- set relation = builtins.ref(*varargs, **kwargs) -%}
  {{ return(relation if relation.database == 'scratch_of_run' else relation.include(database=false)) }}
{%- endmacro %}

{% macro source() -%}
  {%- do require_that_closed_rows_are_kept() if execute -%}
  {{ return(builtins.source(*varargs).include(database=false)) }}
{%- endmacro %}
