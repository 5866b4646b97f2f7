{#-
  Whether credits are no more than rounding: a hundredth of one, or, where an invoice names no credits and the money tells
  how many it is for, what its smallest unit buys.
-#}
{% macro is_rounding(credits) -%}
  (abs({{ credits }}) <= cast(0.01 as decimal(3, 2)) or (invoiced_credits is null and abs({{ credits }}) <= unit_credits))
{%- endmacro %}
