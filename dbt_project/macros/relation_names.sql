{#-
  Relations are named by schema and table, without the database: views would else carry the name of the warehouse file, and
  break when it is copied, renamed or attached under another one.
-#}

{% macro ref() -%}
  {{ return(builtins.ref(*varargs, **kwargs).include(database=false)) }}
{%- endmacro %}

{% macro source() -%}
  {{ return(builtins.source(*varargs).include(database=false)) }}
{%- endmacro %}
