{#- The pools in the order in which they are drawn on. -#}
{% macro pool_order(pool) -%}
  case {{ pool }} when 'plan' then 1 when 'promo' then 2 else 3 end
{%- endmacro %}

{#- What a kind of billing event is called where the event has no words of its own. -#}
{% macro kind_in_words(kind) -%}
  case {{ kind }}
    when 'plan_grant' then 'Plan grant' when 'topup' then 'Top-up' when 'auto_recharge' then 'Auto-recharge'
    when 'promo_grant' then 'Promotion' when 'refund' then 'Refund' when 'adjustment' then 'Adjustment'
    when 'invoice' then 'Invoice' when 'payment' then 'Payment'
  end
{%- endmacro %}
