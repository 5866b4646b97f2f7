{#-
  Relations are named by schema and table, without the database: views would else carry the name of the warehouse file, and
  break when it is copied, renamed or attached under another one. Relations in a database of their own keep its name.
-#}

{% macro ref() -%}
  {%- set relation = builtins.ref(*varargs, **kwargs) -%}
  {{ return(relation if relation.database == 'scratch_of_run' else relation.include(database=false)) }}
{%- endmacro %}

{% macro source() -%}
  {{ return(builtins.source(*varargs).include(database=false)) }}
{%- endmacro %}
