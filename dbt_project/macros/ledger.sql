{#- The pools in the order in which they are drawn on. -#}
{% macro pool_order(pool) -%}
  case {{ pool }} when 'plan' then 1 when 'promo' then 2 else 3 end
{%- endmacro %}
