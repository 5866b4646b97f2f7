{#- What LiteLLM's log calls things, in the words of a usage event; raw/README.md has the whole mapping. -#}

{#- The alias that was asked for, else the model as LiteLLM writes it. -#}
{% macro litellm_model() -%}
  coalesce(model_group, model)
{%- endmacro %}

{% macro litellm_status() -%}
  case status when 'failure' then 'error' else status end
{%- endmacro %}
