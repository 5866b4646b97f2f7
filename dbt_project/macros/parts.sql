{#-
  A part is one (tenant_id, usage_date). An incremental run recomputes the parts that its loads touched, whole, and leaves
  the others alone. Parts that no longer have rows vanish.
-#}

{#-
  dbt learns what a model reads when it parses, and then is_incremental_run() and is_full_build() look like a first
  build: so the parts must be named outside of such conditions.
-#}

{#- All rows of a relation or, in an incremental run, those of the parts to recompute. -#}
{% macro rows_to_build(relation, parts=none) -%}
  {%- set parts = parts or changed_parts() -%}
  select facts.*
  from {{ relation }} as facts
  {%- if is_incremental_run() %}
  where exists (
    select 1
    from {{ parts }} as parts
    where facts.tenant_id = parts.tenant_id and facts.usage_date = parts.usage_date
  )
  {%- endif %}
{%- endmacro %}

{#- All rows of a relation that holds nothing but the parts of this run. Names the parts for the sake of replace_parts. -#}
{% macro rows_of_run(relation) -%}
  {%- set parts = changed_parts() -%}
  select * from {{ relation }}
{%- endmacro %}

{#- The parts whose events changed, as a subquery. -#}
{% macro changed_parts() -%}
  (select tenant_id, usage_date from {{ ref('int_parts_to_build') }} where is_changed)
{%- endmacro %}

{#- The parts of closed months whose events changed since. They stay as they were closed: what differs is an adjustment. -#}
{% macro late_parts() -%}
  (select tenant_id, usage_date from {{ ref('int_parts_to_build') }} where is_late)
{%- endmacro %}

{#- The parts whose events are rated: the changed ones, and for the sake of adjustments the late ones. -#}
{% macro rated_parts() -%}
  (select tenant_id, usage_date from {{ ref('int_parts_to_build') }} where is_changed or is_late)
{%- endmacro %}

{#- True where the run must not lean on tables of an earlier build. -#}
{% macro is_full_build() -%}
  {{ return(flags.FULL_REFRESH or var('built_load_id') | int == 0) }}
{%- endmacro %}

{#- True where the model's table stands, and only some of its parts are replaced. dbt's is_incremental() knows dbt's names only. -#}
{% macro is_incremental_run() -%}
  {%- if not execute or model.config.materialized != 'tallybook_incremental' or should_full_refresh() -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set built = load_cached_relation(this) -%}
  {{ return(built is not none and built.is_table) }}
{%- endmacro %}

{#- Delete the parts to recompute (`meta.parts`: the model that lists them, or `late`), then insert what was computed. -#}
{% macro replace_parts(table, computed, columns) -%}
  {%- set listed = config.get('meta', {}).get('parts') -%}
  {%- set parts = late_parts() if listed == 'late' else ref(listed) if listed else changed_parts() -%}
  {%- set columns = columns | map(attribute='name') | join(', ') -%}
  delete from {{ table }} as built
  where exists (
    select 1
    from {{ parts }} as parts
    where built.tenant_id = parts.tenant_id and built.usage_date = parts.usage_date
  );
  insert into {{ table }} ({{ columns }})
  select {{ columns }} from {{ computed }}
{%- endmacro %}

{#-
  The UTC dates on which events of the rated parts can lie, as literals: so the engine opens the files of these dates only,
  where a join would have it look into all. Not to be called in a full build.
-#}
{% macro changed_utc_dates() -%}
  {%- set query %}
    select distinct {{ date_minus('parts.usage_date', 'shifts.days') }} as utc_date
    from {{ rated_parts() }} as parts
    cross join (select -1 as days union all select 0 as days union all select 1 as days) as shifts
    order by utc_date
  {%- endset -%}
  {%- for row in run_query(query).rows if execute %}date '{{ row[0] }}'{{ ', ' if not loop.last }}{% else %}null{% endfor -%}
{%- endmacro %}
