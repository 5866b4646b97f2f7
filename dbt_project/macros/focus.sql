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
        coalesce(cast({{ costs }}.cost_per_credit as varchar), '-')
    ) end
{%- endmacro %}

{#- What is billed of credits of a row: exact to 12 digits, so that parts add up; 0 of what is not postpaid or has no price. -#}
{% macro billed_postpaid(is_postpaid, credits, price) -%}
  coalesce({{ or_unknown(
    'cast(case when ' ~ is_postpaid ~ ' then cast(' ~ credits ~ ' as decimal(38, 6)) * cast(' ~ price
    ~ ' as decimal(18, 6)) end as decimal(38, 12))', price
  ) }}, 0)
{%- endmacro %}

{#- The keys of tags that Tallybook gives a charge begin with this; no tag of an event may. -#}
{% macro focus_tag_prefix() -%}
  tallybook/
{%- endmacro %}

{% macro is_focus_tag(tag_key) -%}
  {{ tag_key }} like '{{ focus_tag_prefix() }}%'
{%- endmacro %}

{#-
  The tags of a charge as the text of a flat JSON object, NULL where there are none. dimensions: name → column, of which
  (none) gives no tag; own_tags: column with the members of the events' own.
-#}
{% macro focus_tags(dimensions, own_tags) -%}
  nullif('{' || concat_ws(',', {% for name, column in dimensions.items() -%}
    case when {{ column }} <> '(none)' then '"{{ focus_tag_prefix() }}{{ name }}":' || {{ json_text(column) }} end, {% endfor -%}
    {{ own_tags }}) || '}', '{}')
{%- endmacro %}

{#- A text as JSON writes it. -#}
{% macro json_text(value) -%}
  {{ return(adapter.dispatch('json_text', 'tallybook')(value)) }}
{%- endmacro %}

{% macro default__json_text(value) -%}
  regexp_replace(to_json(named_struct('t', {{ value }})), '^.*?:|.$', '')
{%- endmacro %}

{% macro duckdb__json_text(value) -%}
  cast(to_json({{ value }}) as varchar)
{%- endmacro %}

{#- The texts of a group, joined by commas in the order of another column. -#}
{% macro joined_in_order(text, by) -%}
  {{ return(adapter.dispatch('joined_in_order', 'tallybook')(text, by)) }}
{%- endmacro %}

{% macro default__joined_in_order(text, by) -%}
  array_join(transform(array_sort(collect_list(struct({{ by }} as place, {{ text }} as text))), each -> each.text), ',')
{%- endmacro %}

{% macro duckdb__joined_in_order(text, by) -%}
  string_agg({{ text }}, ',' order by {{ by }})
{%- endmacro %}
