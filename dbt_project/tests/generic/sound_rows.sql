{#-
  Rows that break a rule of their table, all rules in one query: several rows with the same key, NULL in a key or in a
  `required` column, a value other than those `allowed` (column: values; NULL is not looked at). The key is the model's
  `meta.primary_key`, or of a model without one `keys`.
-#}
{% test sound_rows(model, keys=none, required=[], allowed={}) %}
{%- set keys = (graph.nodes['model.tallybook.' ~ model.identifier].config.meta.primary_key if execute else []) if keys is none else keys %}
{%- set faults = {} %}
{%- for column in keys + required %}
  {%- do faults.update({column ~ ' is null': column ~ ' is NULL'}) %}
{%- endfor %}
{%- for column, values in allowed.items() %}
  {%- do faults.update({column ~ " not in ('" ~ values | join("', '") ~ "')": 'unknown ' ~ column}) %}
{%- endfor %}
with broken as (
    select {{ keys | join(', ') }}, 'key not unique' as fault
    from {{ model }}
    group by {{ keys | join(', ') }}
    having count(*) > 1
    union all
    select
        {{ keys | join(', ') }},
        case
            {%- for condition, fault in faults.items() %}
            when {{ condition }} then '{{ fault }}'
            {%- endfor %}
        end as fault
    from {{ model }}
    where
        {%- for condition in faults %}
        {{ 'or ' if not loop.first }}{{ condition }}
        {%- endfor %}
)

select * from broken
{% endtest %}
