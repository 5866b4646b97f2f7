{#-
  People under pseudonyms, where they are wanted. The table that says whose is whose is of the lake; staging is the last to
  read it.
-#}

{#-
  Whether they are wanted: as the variable says or, where a run does not set it, where the lake has pseudonyms. A run that
  knows nothing of them must not bring people back.
-#}
{% macro are_pseudonyms_wanted() -%}
  {%- if var('pseudonymize') is not none or not execute or model.resource_type == 'unit_test' -%}
    {{ return(var('pseudonymize')) }}
  {%- endif -%}
  {%- set pseudonyms = builtins.source('lake', 'pseudonyms') -%}
  {{ return(adapter.get_relation(pseudonyms.database, pseudonyms.schema, pseudonyms.identifier) is not none) }}
{%- endmacro %}

{#-
  All columns of a CTE, its users (`column`) under their pseudonyms. `only`: which rows have a user there. Who has none stops
  the run: those who give them (orchestration/pseudonyms.py) do not know this column, or were not asked since the last load.
-#}
{% macro with_pseudonyms(cte, column, only='true', tenant='tenant_id') -%}
  {%- set pseudonyms = source('lake', 'pseudonyms') -%}
  {%- if are_pseudonyms_wanted() -%}
  {{ return(adapter.dispatch('replaced_by_pseudonyms', 'tallybook')(cte, column, only, tenant, pseudonyms)) }}
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
  {%- set missing = "error('" ~ this.identifier ~ '.' ~ column ~ " names somebody who has no pseudonym: run tallybook build; "
    ~ "if that says so too, the column is not declared (people, in orchestration/loading/sources.py)')" %}
  select given.* replace (
    case
      when {{ only }} and given.{{ column }} is not null and known.pseudonym is null then {{ missing }}
      when {{ only }} then known.pseudonym
      else given.{{ column }}
    end as {{ column }}
  )
  from {{ cte }} as given
  left join {{ pseudonyms }} as known
    on {{ tenant }} = known.tenant_id
    and given.{{ column }} = known.person
{%- endmacro %}

{% macro default__replaced_by_pseudonyms(cte, column, only, tenant, pseudonyms) -%}
  {{ exceptions.raise_compiler_error('pseudonyms need a select that replaces a column on this engine') }}
{%- endmacro %}
