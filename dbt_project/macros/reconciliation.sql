{#- What must be the same on both sides of every step: rows, tokens, credits and cost. -#}
{% macro reconciled_measures() -%}
  {{ return([
    'events', 'input_tokens', 'output_tokens', 'input_credits', 'credits', 'cost_usd', 'cache_write_input_tokens',
    'cache_write_1h_input_tokens',
  ]) }}
{%- endmacro %}

{#- Per tenant, the sum of each measure in a relation of usage by day or hour. Columns: tenant_id, the reconciled measures and
  `more` (name: SQL). -#}
{% macro totals_by_tenant(relation, where='true', more={}) -%}
  select
    tenant_id,
    sum(requests + runs + calls) as events,
    {%- for measure in reconciled_measures()[1:] %}
    sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last or more }}
    {%- endfor %}
    {%- for name, sql in more.items() %}
    {{ sql }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
  from {{ relation }}
  where {{ where }}
  group by tenant_id
{%- endmacro %}

{#- One row per tenant and measure in which two CTEs of totals by tenant differ. A tenant that one lacks has 0 there. -#}
{% macro differing_totals(expected, found, found_in, measures=reconciled_measures()) -%}
  {%- for measure in measures %}
  {{ 'union all' if not loop.first }}
  select
    '{{ found_in }}' as found_in,
    coalesce({{ expected }}.tenant_id, {{ found }}.tenant_id) as tenant_id,
    '{{ measure }}' as measure,
    cast(coalesce({{ expected }}.{{ measure }}, 0) as decimal(38, 6)) as expected,
    cast(coalesce({{ found }}.{{ measure }}, 0) as decimal(38, 6)) as found
  from {{ expected }}
  full join {{ found }}
    on {{ expected }}.tenant_id = {{ found }}.tenant_id
  where coalesce({{ expected }}.{{ measure }}, 0) <> coalesce({{ found }}.{{ measure }}, 0)
  {%- endfor %}
{%- endmacro %}
