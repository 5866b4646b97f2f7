{#-
  When a source last landed, for `dbt source freshness`: the beginning of its newest landing date, UTC, held back or not.
  A source that never landed is not in use, and as fresh as can be.
-#}
{% macro last_landing(source) -%}
  select coalesce(max(cast(landing_date as timestamp)), cast({{ dbt.current_timestamp() }} as timestamp)) as landed_at
  from audit.load_audit
  where source = '{{ source }}'
{%- endmacro %}
