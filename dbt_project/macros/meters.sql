{#- Tokens of sound, pictures and films within input and output (orchestration/loading/meters.py): JSON objects of counts. -#}

{#- Kinds of tokens that a price list may price apart. -#}
{% macro metered_kinds() -%}
  {{ return(['audio', 'image', 'video']) }}
{%- endmacro %}

{#- What a meter counts of an event, 0 where it is not there. -#}
{% macro metered_tokens(meters, name) -%}
  coalesce(cast({{ json_member(meters, name) }} as bigint), 0)
{%- endmacro %}

{#- How many tokens the meters of one side (input, cached_input, output) count, each token once: cached ones are not of input. -#}
{% macro sum_of_meters(meters, side) -%}
  case when {{ meters }} is null then 0 else
    {%- for kind in metered_kinds() %}
    {{ '+ ' if not loop.first }}{{ metered_tokens(meters, side ~ '_' ~ kind ~ '_tokens') }}
    {%- if side == 'input' %} - {{ metered_tokens(meters, 'cached_input_' ~ kind ~ '_tokens') }}{% endif %}
    {%- endfor %}
  end
{%- endmacro %}

{#- What the tokens of the meters of an event cost: at a price of their own, else what others of their side cost. -#}
{% macro cost_of_meters(price, event) -%}
  {%- set prices = price ~ '.usd_per_m_meters' -%}
  {%- set meters = event ~ '.meters' -%}
  {%- for kind in metered_kinds() %}
    {%- set fresh = 'input_' ~ kind ~ '_tokens' -%}
    {%- set cached = 'cached_input_' ~ kind ~ '_tokens' -%}
    {%- set made = 'output_' ~ kind ~ '_tokens' -%}
    {%- for tokens, name, usd in [
        (metered_tokens(meters, fresh) ~ ' - ' ~ metered_tokens(meters, cached), fresh, 'usd_per_input_token'),
        (metered_tokens(meters, cached), cached, 'usd_per_cached_input_token'),
        (metered_tokens(meters, made), made, 'usd_per_output_token'),
    ] %}
    {{ '+ ' if not (loop.first and kind == metered_kinds()[0]) }}case
      when {{ tokens }} <= 0 then 0
      when {{ prices }} is null then null
      else coalesce({{ usd_per_token('cast(' ~ json_member(prices, name) ~ ' as decimal(24, 9))') }}, {{ price }}.{{ usd }})
    end * cast({{ tokens }} as decimal(16, 0))
    {%- endfor %}
  {%- endfor %}
{%- endmacro %}

{#- A member of a JSON object, as text; NULL where it is not there. -#}
{% macro json_member(object, name) -%}
  {{ adapter.dispatch('json_member', 'tallybook')(object, name) }}
{%- endmacro %}

{% macro default__json_member(object, name) -%}
  get_json_object({{ object }}, '$.{{ name }}')
{%- endmacro %}

{% macro duckdb__json_member(object, name) -%}
  json_extract_string({{ object }}, '$.{{ name }}')
{%- endmacro %}
