{#-
  The columns of a recommendation after its tenant, date and kind: those of the same name as in the source, those `given` as
  expressions by name, and nothing in the others.
-#}
{% macro recommendation_columns(same=[], given={}) -%}
  {%- set types = {
    'task_category': 'varchar', 'channel': 'varchar', 'item_id': 'varchar', 'from_model_id': 'varchar',
    'to_model_id': 'varchar', 'first_date': 'date', 'monthly_savings_credits': 'decimal(38, 6)',
    'from_credits': 'decimal(38, 6)', 'to_credits': 'decimal(38, 6)', 'from_requests': 'bigint', 'to_requests': 'bigint',
    'from_success_rate': 'double', 'to_success_rate': 'double', 'success_difference_low': 'double',
    'from_ratings': 'bigint', 'to_ratings': 'bigint', 'from_avg_rating': 'double', 'to_avg_rating': 'double',
    'rating_difference_low': 'double', 'from_latency_ms': 'double', 'to_latency_ms': 'double', 'quantity': 'bigint',
    'quantity_of': 'bigint', 'excess_credits': 'decimal(38, 6)'
  } -%}
  {%- for column, type in types.items() %}
  {%- set nothing = "'(none)'" if type == 'varchar' else 'null' %}
  cast({{ column if column in same else given.get(column, nothing) }} as {{ type }}) as {{ column }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}
