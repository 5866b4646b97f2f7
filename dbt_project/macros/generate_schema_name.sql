{#- A folder's schema is exactly the one that dbt_project.yml names: readers know the warehouse by these names. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
