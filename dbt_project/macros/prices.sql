{#- What events cost where no source reports it. -#}

{#- A price per million tokens as the price of one, exact to 9 digits of the former. -#}
{% macro usd_per_token(usd_per_million) -%}
  cast(cast({{ usd_per_million }} as decimal(24, 9)) * cast(0.000001 as decimal(7, 6)) as decimal(21, 15))
{%- endmacro %}

{#- Whether a list price of the event's model (a row of int_prices) is the one for this event. Only comparisons, for the join. -#}
{% macro is_in_force(price, event) -%}
  coalesce({{ event }}.provider, '') = {{ price }}.provider
        and {{ event }}.usage_date >= {{ price }}.first_date
        and {{ event }}.usage_date <= {{ price }}.last_date
        and {{ event }}.occurred_at >= {{ price }}.valid_from
        and {{ event }}.occurred_at < {{ price }}.valid_to
        and {{ second_of_day(event ~ '.occurred_at') }} >= {{ price }}.from_second
        and {{ second_of_day(event ~ '.occurred_at') }} < {{ price }}.to_second
        and {{ event }}.input_tokens >= {{ price }}.from_input_tokens
        and {{ event }}.input_tokens < {{ price }}.to_input_tokens
{%- endmacro %}

{#-
  What an event costs at a price: each kind of token at its own, and the price per request for a request that was served;
  rounded once to 6 digits, half away from zero. Tokens read from and written to a cache are part of the input, reasoning of
  the output, those of a meter of either. NULL without a price, also where one kind of token has none, unless there are no
  tokens of it.
-#}
{% macro estimated_cost(price, event) -%}
  round(
    {{ price }}.usd_per_request * cast({{ event }}.is_served_request as integer)
    {%- set of_caches = [
        event ~ '.cached_input_tokens', event ~ '.cache_write_input_tokens', event ~ '.cache_write_1h_input_tokens',
    ] %}
    {%- for tokens, usd in {
        event ~ '.input_tokens - ' ~ of_caches | join(' - ') ~ ' - ' ~ event ~ '.input_metered_tokens': 'usd_per_input_token',
        of_caches[0] ~ ' - ' ~ event ~ '.cached_metered_tokens': 'usd_per_cached_input_token',
        of_caches[1]: 'usd_per_cache_write_token',
        of_caches[2]: 'usd_per_cache_write_1h_token',
        event ~ '.output_tokens - ' ~ event ~ '.reasoning_tokens - ' ~ event ~ '.output_metered_tokens': 'usd_per_output_token',
        event ~ '.reasoning_tokens': 'usd_per_reasoning_token',
    }.items() %}
    + case when {{ tokens }} > 0 then {{ price }}.{{ usd }} else 0 end * cast({{ tokens }} as decimal(16, 0))
    {%- endfor %}
    + case when {{ event }}.meters is not null then {{ cost_of_meters(price, event) }} else 0 end
  , 6)
{%- endmacro %}

{#- The reported cost, else that at the contract in force, even where it says nothing of a kind of token, else at the list. -#}
{% macro known_cost(contract, listed, event) -%}
  case
    when {{ event }}.cost_usd is not null then {{ event }}.cost_usd
    when {{ contract }}.model_id is not null then {{ estimated_cost(contract, event) }}
    else {{ estimated_cost(listed, event) }}
  end
{%- endmacro %}

{#- What a token more costs that is plain input than one read from or written to a cache, at the price of the estimate; NULL of a reported cost. -#}
{% macro saved_per_token(contract, listed, usd) -%}
  case
    when {{ contract }}.model_id is null then {{ listed }}.usd_per_input_token - {{ listed }}.{{ usd }}
    else {{ contract }}.usd_per_input_token - {{ contract }}.{{ usd }}
  end
{%- endmacro %}

{#-
  What an event's input would have cost more as plain input: what reading from a cache saved, less what writing to it cost beyond
  plain input; rounded once to 6 digits. Tokens of a meter have prices of their own and are not in it. NULL where a price is missing.
-#}
{% macro cache_saving() -%}
  round(
    case when cached_input_tokens > cached_metered_tokens then usd_saved_per_cached_token else 0 end
      * cast(cached_input_tokens - cached_metered_tokens as decimal(16, 0))
    + case when cache_write_input_tokens > 0 then usd_saved_per_write_token else 0 end
      * cast(cache_write_input_tokens as decimal(16, 0))
    + case when cache_write_1h_input_tokens > 0 then usd_saved_per_write_1h_token else 0 end
      * cast(cache_write_1h_input_tokens as decimal(16, 0))
  , 6)
{%- endmacro %}

{#- Where a cost comes from, given what was reported and what is known after estimating. -#}
{% macro cost_basis(reported_cost, known_cost) -%}
  case
    when {{ reported_cost }} is not null then 'reported' when {{ known_cost }} is not null then 'estimated' else 'unknown'
  end
{%- endmacro %}
