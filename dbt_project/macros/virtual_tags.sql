{#-
  Virtual tags, as the variable `virtual_tags` gives them: key, rules in their order (value, match: column to patterns in
  which `*` stands for any text), shared (values whose credits are divided among the others) and shares (percent by value;
  none: by the others' own credits).
-#}

{#- A text as SQL has it. -#}
{% macro text_of(value) -%}
  {{ return(dbt.string_literal(dbt.escape_single_quotes(value))) }}
{%- endmacro %}

{#- Several texts as a list within parentheses. -#}
{% macro texts_of(values) -%}
  {%- set texts = [] -%}
  {%- for value in values -%}{%- do texts.append(text_of(value)) -%}{%- endfor -%}
  {{ return('(' ~ texts | join(', ') ~ ')') }}
{%- endmacro %}

{#- Whether a column is like any of the patterns. -#}
{% macro is_like_any(column, patterns) -%}
  {%- set conditions = [] -%}
  {%- for pattern in patterns -%}
    {%- set escaped = pattern | replace('!', '!!') | replace('%', '!%') | replace('_', '!_') | replace('*', '%') -%}
    {%- do conditions.append(column ~ ' like ' ~ text_of(escaped) ~ " escape '!'") -%}
  {%- endfor -%}
  {{ return('(' ~ conditions | join(' or ') ~ ')') }}
{%- endmacro %}

{#- The value of a virtual tag: that of the first rule of which every condition holds, else `(none)`. -#}
{% macro virtual_value(tag, alias) -%}
  case
    {%- for rule in tag.rules %}
    {%- set conditions = [] %}
    {%- for column, patterns in rule.match.items() -%}
      {%- do conditions.append(is_like_any(alias ~ '.' ~ column, patterns)) -%}
    {%- endfor %}
    when {{ conditions | join(' and ') or 'true' }} then {{ text_of(rule.value) }}
    {%- endfor %}
    else '(none)'
  end
{%- endmacro %}
