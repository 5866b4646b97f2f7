{#- What events are tagged with: JSON objects of texts (orchestration/loading/fields.py). -#}

{#-
  The keys and values (tag_key, tag_value) in each object of `tags`, a column of distinct JSON texts. Where a forgotten person's
  names were keys, one may stand there twice: its first value counts.
-#}
{% macro tag_pairs(texts) -%}
select
    tags,
    tag_key,
    min(tag_value) as tag_value
from (
    {{ adapter.dispatch('exploded_tags', 'tallybook')(texts) | indent(4) }}
) as exploded
group by tags, tag_key
{%- endmacro %}

{% macro default__exploded_tags(texts) -%}
select tags, pair.key as tag_key, pair.value as tag_value
from (select tags, explode(map_entries(from_json(tags, 'map<string,string>'))) as pair from {{ texts }}) as entries
{%- endmacro %}

{% macro duckdb__exploded_tags(texts) -%}
select tags, pair.key as tag_key, pair.value as tag_value
from (
    select tags, unnest(map_entries(from_json(tags, '"MAP(VARCHAR,VARCHAR)"'))) as pair from {{ texts }}
) as entries
{%- endmacro %}
