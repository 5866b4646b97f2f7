{#-
  Whether credits are no more than rounding: a hundredth of one, or, where an invoice names no credits and the money tells
  how many it is for, what its smallest unit buys.
-#}
{% macro is_rounding(credits) -%}
  (abs({{ credits }}) <= cast(0.01 as decimal(3, 2)) or (invoiced_credits is null and abs({{ credits }}) <= unit_credits))
{%- endmacro %}

{#- The dates that an invoice is for, as select-list items: those that it names, else the calendar month before it. -#}
{% macro billed_period(period_start, period_end, issued_on) -%}
  coalesce({{ period_start }}, cast(date_trunc('month', {{ issued_on }}) - interval '1' month as date)) as billed_from,
  coalesce({{ period_end }}, cast(date_trunc('month', {{ issued_on }}) as date)) as billed_to
{%- endmacro %}

{#- The days for which money that is overdue can be so, by the names of the columns of receivables, in order; the last has no end. -#}
{% macro overdue_ages() -%}
  {{ return({
    'overdue_1_30': (1, 30), 'overdue_31_60': (31, 60), 'overdue_61_90': (61, 90), 'overdue_over_90': (91, none)
  }) }}
{%- endmacro %}

{#- The amounts of receivables, in the order of their columns. -#}
{% macro receivable_amounts() -%}
  {{ return(['invoiced', 'tax', 'paid', 'open', 'not_due'] + overdue_ages().keys() | list) }}
{%- endmacro %}

{#- The last date on which an invoice is paid in time: the one that it names, else the usual time after it was issued. -#}
{% macro payment_due_on(invoices) -%}
  coalesce({{ invoices }}.due_on, {{ date_minus(invoices ~ '.issued_on', '(- ' ~ var('alert_unpaid_days') ~ ')') }})
{%- endmacro %}
