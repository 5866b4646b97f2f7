{#- The pools in the order in which they are drawn on. -#}
{% macro pool_order(pool) -%}
  case {{ pool }} when 'plan' then 1 when 'promo' then 2 else 3 end
{%- endmacro %}

{#- Whether a billing event is of the ledger: invoices and payments are money alone. -#}
{% macro moves_credits(kind) -%}
  {{ kind }} not in ('invoice', 'payment')
{%- endmacro %}

{#- Whether it grants credits against money: what such a lot cost is unknown where the event has no amount. -#}
{% macro is_bought(kind) -%}
  {{ kind }} in ('plan_grant', 'topup', 'auto_recharge')
{%- endmacro %}

{#- Whether it grants credits, maybe none; any other takes them back. -#}
{% macro is_grant(kind, credits) -%}
  {{ moves_credits(kind) }} and {{ credits }} >= 0
{%- endmacro %}

{#- What a kind of billing event is called where the event has no words of its own. -#}
{% macro kind_in_words(kind) -%}
  case {{ kind }}
    when 'plan_grant' then 'Plan grant' when 'topup' then 'Top-up' when 'auto_recharge' then 'Auto-recharge'
    when 'promo_grant' then 'Promotion' when 'refund' then 'Refund' when 'adjustment' then 'Adjustment'
    when 'invoice' then 'Invoice' when 'payment' then 'Payment'
  end
{%- endmacro %}

{#- What the ledger takes over of a billing event besides tenant and date, as select-list items; NULL where absent. -#}
{% macro billing_columns(absent=[]) -%}
  {%- set columns = [
    'billing_id', 'kind', 'pool', 'named_pool', 'description', 'invoice_id', 'corrects_invoice_id', 'credits', 'amount',
    'tax_amount', 'currency', 'credit_price', 'burn_order', 'priority', 'occurred_at', 'expires_on', 'period_start',
    'period_end', 'due_on',
  ] -%}
  {%- for column in columns -%}
    {{ 'null as ' if column in absent }}{{ column }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{#- What late usage is called in the ledger: its month and what was used. -#}
{% macro late_demand_id(month, used_id) -%}
  {{ month }} || ' ' || {{ used_id }}
{%- endmacro %}

{#- The closed month, YYYY-MM, of a late demand. -#}
{% macro late_month(demand_id) -%}
  substr({{ demand_id }}, 1, 7)
{%- endmacro %}

{#- The model or job of a demand, late or not. -#}
{% macro used_id(demand_type, demand_id) -%}
  case when {{ demand_type }} in ('late_model', 'late_job') then substr({{ demand_id }}, 9) else {{ demand_id }} end
{%- endmacro %}
