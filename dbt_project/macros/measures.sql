{#- The measures M, defined once: what each column of usage means, from events and from sums of them. -#}

{#- The measures in the order in which every table of usage shows them. -#}
{% macro measures() -%}
  {{ return([
    'requests', 'errors', 'unrated_requests', 'runs', 'calls', 'call_seconds', 'input_tokens', 'cached_input_tokens',
    'output_tokens', 'reasoning_tokens', 'total_tokens', 'input_credits', 'output_credits', 'credits', 'cost_usd',
    'uncosted_requests', 'cache_write_input_tokens', 'cache_write_1h_input_tokens',
  ]) }}
{%- endmacro %}

{#- Those of them that came after months had been closed, whose kept rows lack them. -#}
{% macro later_measures() -%}
  {{ return(['cache_write_input_tokens', 'cache_write_1h_input_tokens']) }}
{%- endmacro %}

{% macro is_money(measure) -%}
  {{ return(measure in ('input_credits', 'output_credits', 'credits', 'cost_usd')) }}
{%- endmacro %}

{#-
  The type of a measure's sums. Tokens and seconds are up to 2^53 of one event, of which a thousand are more than 64 bits hold;
  rows are counted in 64.
-#}
{% macro measure_type(measure) -%}
  {{ return(
    'decimal(38, 6)' if is_money(measure)
    else 'hugeint' if measure == 'call_seconds' or measure.endswith('_tokens')
    else 'bigint'
  ) }}
{%- endmacro %}

{#- Whether a row of int_usage_events_rated counts as one of a measure that counts rows. -#}
{% macro is_counted_as(measure) -%}
  {{ return({
    'requests': "event_type = 'request'",
    'errors': "event_type = 'request' and status = 'error'",
    'unrated_requests': 'is_unrated',
    'runs': "event_type = 'run'",
    'calls': "event_type = 'call'",
    'uncosted_requests': "event_type = 'request' and cost_usd is null",
  }[measure]) }}
{%- endmacro %}

{#- The measures of a group of rows of int_usage_events_rated, as select-list items. -#}
{% macro usage_measures() -%}
  {%- for measure in ['requests', 'errors', 'unrated_requests', 'runs', 'calls'] %}
  count(*) filter (where {{ is_counted_as(measure) }}) as {{ measure }},
  {%- endfor %}
  cast(coalesce(sum(duration_s) filter (where {{ is_counted_as('calls') }}), 0) as hugeint) as call_seconds,
  cast(sum(input_tokens) as hugeint) as input_tokens,
  cast(sum(cached_input_tokens) as hugeint) as cached_input_tokens,
  cast(sum(output_tokens) as hugeint) as output_tokens,
  cast(sum(reasoning_tokens) as hugeint) as reasoning_tokens,
  cast(sum(input_tokens + output_tokens) as hugeint) as total_tokens,
  cast(sum(input_credits) as decimal(38, 6)) as input_credits,
  cast(sum(output_credits) as decimal(38, 6)) as output_credits,
  cast(sum(credits) as decimal(38, 6)) as credits,
  cast(coalesce(sum(cost_usd), 0) as decimal(38, 6)) as cost_usd,
  count(*) filter (where {{ is_counted_as('uncosted_requests') }}) as uncosted_requests,
  cast(sum(cache_write_input_tokens) as hugeint) as cache_write_input_tokens,
  cast(sum(cache_write_1h_input_tokens) as hugeint) as cache_write_1h_input_tokens
{%- endmacro %}

{#- The measures of a group of rows that have them already, as select-list items. -#}
{% macro sum_measures() -%}
  {%- for measure in measures() %}
  cast(sum({{ measure }}) as {{ measure_type(measure) }}) as {{ measure }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{#- The measures of a row as they are, as select-list items. -#}
{% macro measures_of(alias) -%}
  {%- for measure in measures() %}
  {{ alias }}.{{ measure }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{#- The measures of a row that may be missing: 0 then. -#}
{% macro measures_or_zero(alias) -%}
  {%- for measure in measures() %}
  coalesce({{ alias }}.{{ measure }}, 0) as {{ measure }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{#- The measures of a row with the sign turned: what it takes away from a sum. -#}
{% macro negated_measures(alias) -%}
  {%- for measure in measures() %}
  - {{ alias }}.{{ measure }} as {{ measure }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{#- The measures of something that is no usage: the given ones, by name, and 0 for all others. -#}
{% macro measures_given(given) -%}
  {%- for measure in measures() %}
  {{ given.get(measure, 0) }} as {{ measure }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
{%- endmacro %}

{#- Whether a row has any measure that is not 0. -#}
{% macro is_any_measure(alias) -%}
  ({% for measure in measures() %}{{ alias }}.{{ measure }} <> 0{{ ' or ' if not loop.last }}{% endfor %})
{%- endmacro %}
