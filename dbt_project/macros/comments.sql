{#-
  What tables and columns mean, in the warehouse itself: descriptions and keys as comments, of the models that want them
  (`persist_docs`) and were just built. All at the end of a run and in one transaction: statement by statement, model by
  model, it would take many times as long.
-#}
{% macro comment_on_built(results) -%}
  {{ return(adapter.dispatch('comment_on_built', 'tallybook')(results)) }}
{%- endmacro %}

{% macro default__comment_on_built(results) -%}
  {{ return('') }}
{%- endmacro %}

{% macro duckdb__comment_on_built(results) -%}
  {%- if not execute or flags.WHICH not in ('build', 'run') -%}
    {{ return('') }}
  {%- endif -%}
  {%- set there = existing_comments() -%}
  {%- set statements = [] -%}
  {%- for result in results if result.node.resource_type == 'model' and result.status == 'success' -%}
    {%- set node = result.node -%}
    {%- if node.config.persist_docs.get('relation') -%}
      {%- set place = (node.schema, node.alias) -%}
      {%- set kind = there.get((node.schema, node.alias, ''), ['table'])[0] -%}
      {%- do statements.append(comment_statement(there, place, kind, '', relation_comment(node))) -%}
      {%- for column in node.columns.values() -%}
        {%- do statements.append(comment_statement(there, place, 'column', column.name, column.description)) -%}
      {%- endfor -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set wanted = statements | select | list -%}
  {{ return('begin;\n' ~ wanted | join(';\n') ~ ';\ncommit' if wanted else '') }}
{%- endmacro %}

{#- The statement that says `text` of a relation or of one of its columns; none where the warehouse says it already. -#}
{% macro comment_statement(there, place, kind, column, text) -%}
  {%- set text = text.split() | join(' ') -%}
  {%- set known = there.get((place[0], place[1], column)) -%}
  {%- if known is none or known[1] == text -%}
    {{ return('') }}
  {%- endif -%}
  {%- set name = adapter.quote(place[0]) ~ '.' ~ adapter.quote(place[1]) ~ ('.' ~ adapter.quote(column) if column else '') -%}
  {{ return('comment on ' ~ kind ~ ' ' ~ name ~ " is '" ~ text.replace("'", "''") ~ "'") }}
{%- endmacro %}

{#- (schema, relation, column; '' for the relation itself) → [kind, comment] of everything that is there. -#}
{% macro existing_comments() -%}
  {%- set there = {} -%}
  {%- set _, cursor = adapter.add_query("
    select schema_name, table_name, '', 'table', comment from duckdb_tables() where not internal
    union all
    select schema_name, view_name, '', 'view', comment from duckdb_views() where not internal
    union all
    select schema_name, table_name, column_name, 'column', comment from duckdb_columns() where not internal
  ", auto_begin=false) -%}
  {%- for row in cursor.fetchall() -%}
    {%- do there.update({(row[0], row[1], row[2]): [row[3], row[4]]}) -%}
  {%- endfor -%}
  {{ return(there) }}
{%- endmacro %}

{#- The description of a model and its keys. No engine enforces them: tables are replaced by parts, and views have none. -#}
{% macro relation_comment(node) -%}
  {%- set key = node.config.meta.get('primary_key', []) -%}
  {%- set sentences = [node.description.strip()] -%}
  {%- if key -%}
    {%- do sentences.append('Primary key: ' ~ key | join(', ') ~ '.') -%}
  {%- endif -%}
  {%- for reference in foreign_keys(node) -%}
    {%- do sentences.append('Foreign key: ' ~ reference ~ '.') -%}
  {%- endfor -%}
  {{ return(sentences | join(' ')) }}
{%- endmacro %}

{#- Which columns of a model name a row of a dim, unless they are NULL or `(none)`: the same names everywhere. -#}
{% macro foreign_keys(node) -%}
  {%- set references = [
    (['tenant_id'], 'dim_tenants'), (['tenant_id', 'team_id'], 'dim_teams'), (['tenant_id', 'user_id'], 'dim_users'),
    (['tenant_id', 'item_id'], 'dim_items'), (['model_id'], 'dim_models')
  ] -%}
  {%- set found = [] -%}
  {%- for columns, dim in references if node.name != dim -%}
    {%- if columns | reject('in', node.columns.keys()) | list == [] -%}
      {%- do found.append(columns | join(', ') ~ ' of ' ~ dim) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}
