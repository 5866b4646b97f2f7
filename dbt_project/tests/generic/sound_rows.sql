{#-
  Rows that break a rule of their table, all rules in one query: several rows with the same key, NULL in a key or in a
  `required` column, a value other than those `allowed` (column: values; NULL is not looked at).
-#}
{% test sound_rows(model, keys, required=[], allowed={}) %}
with broken as (
    select {{ keys | join(', ') }}, 'key not unique' as fault
    from {{ model }}
    group by {{ keys | join(', ') }}
    having count(*) > 1
    union all
    select {{ keys | join(', ') }}, 'required column is NULL' as fault
    from {{ model }}
    where {% for column in keys + required %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
    {%- for column, values in allowed.items() %}
    union all
    select {{ keys | join(', ') }}, 'unknown {{ column }}' as fault
    from {{ model }}
    where {{ column }} not in ('{{ values | join("', '") }}')
    {%- endfor %}
)

select * from broken
{% endtest %}
