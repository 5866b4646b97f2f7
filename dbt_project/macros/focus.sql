{#-
  What the FOCUS rows say of the seller, as SQL literals. Both are variables of dbt_project.yml; a value that no reader of a
  FOCUS file would take stops the parse.
-#}

{#- The code of the credits as a currency: three capitals, as of a national currency, because readers check for them. -#}
{% macro focus_credit_currency() -%}
  {%- set code = var('focus_credit_currency') | string -%}
  {%- if not modules.re.fullmatch('[A-Z]{3}', code) -%}
    {{ exceptions.raise_compiler_error("focus_credit_currency '" ~ code ~ "' is not three capital letters") }}
  {%- endif -%}
  '{{ code }}'
{%- endmacro %}

{#- Who provides, publishes and invoices: one name, because a charge of another provider's must not be billed here. -#}
{% macro focus_provider_name() -%}
  {%- set name = var('focus_provider_name') | string -%}
  {%- if not name.strip() -%}
    {{ exceptions.raise_compiler_error("focus_provider_name is empty") }}
  {%- endif -%}
  '{{ name | replace("'", "''") }}'
{%- endmacro %}

{#- A flat JSON object of texts, as text; pairs: key → SQL expression. -#}
{% macro json_of_texts(pairs) -%}
  {{ return(adapter.dispatch('json_of_texts', 'tallybook')(pairs)) }}
{%- endmacro %}

{% macro default__json_of_texts(pairs) -%}
  to_json(named_struct({% for key, value in pairs.items() %}'{{ key }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{% macro duckdb__json_of_texts(pairs) -%}
  cast(json_object({% for key, value in pairs.items() %}'{{ key }}', {{ value }}{{ ', ' if not loop.last }}{% endfor %}) as varchar)
{%- endmacro %}

{#- Of a row of a correction: all that tells what is taken back from what is entered in its place; NULL of other rows. -#}
{% macro corrected_terms(costs) -%}
    case when {{ costs }}.corrected_on is not null then concat_ws(
        '/', coalesce(cast({{ costs }}.paid_on as varchar), '-'), coalesce({{ costs }}.currency, '-'),
        coalesce(cast({{ costs }}.credits_per_1k_tokens as varchar), '-'),
        coalesce(cast({{ costs }}.cost_per_credit as varchar), '-')
    ) end
{%- endmacro %}
