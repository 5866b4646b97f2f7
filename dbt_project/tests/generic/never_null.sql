{#- One row per column that is NULL somewhere, with the number of such rows: all columns in one pass. -#}
{% test never_null(model, columns) %}
with counts as (
    select
        {%- for column in columns %}
        count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
)
{% for column in columns %}
{{ 'union all' if not loop.first }}
select '{{ column }}' as column_name, {{ column }} as null_rows from counts where {{ column }} > 0
{%- endfor %}
{% endtest %}
