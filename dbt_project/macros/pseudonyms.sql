{#-
  People under pseudonyms, where they are wanted (var `pseudonymize`). The table that says whose is whose is of the lake;
  staging is the last to read it.
-#}

{#- All columns of a CTE, its users (`column`) under their pseudonyms. `only`: which rows have a user there. -#}
{% macro with_pseudonyms(cte, column, only='true', tenant='tenant_id') -%}
  {%- set pseudonyms = source('lake', 'pseudonyms') -%}
  {%- if var('pseudonymize') -%}
  {{ return(adapter.dispatch('replaced_by_pseudonyms')(cte, column, only, tenant, pseudonyms)) }}
  {%- else -%}
  {{ return('select * from ' ~ cte) }}
  {%- endif -%}
{%- endmacro %}

{#- The same for addresses, which belong to no tenant. -#}
{% macro with_pseudonymous_addresses(cte, column) -%}
  {{ return(with_pseudonyms(cte, column, tenant="''")) }}
{%- endmacro %}

{% macro duckdb__replaced_by_pseudonyms(cte, column, only, tenant, pseudonyms) -%}
  {%- set tenant = tenant if tenant == "''" else 'given.' ~ tenant -%}
  select given.* replace (case when {{ only }} then known.pseudonym else given.{{ column }} end as {{ column }})
  from {{ cte }} as given
  left join {{ pseudonyms }} as known
    on {{ tenant }} = known.tenant_id
    and given.{{ column }} = known.person
{%- endmacro %}

{% macro default__replaced_by_pseudonyms(cte, column, only, tenant, pseudonyms) -%}
  {{ exceptions.raise_compiler_error('pseudonyms need a select that replaces a column on this engine') }}
{%- endmacro %}
