{#- Rows that share their key with another, or lack a part of it. -#}
{% test grain(model, keys) %}
select {{ keys | join(', ') }}, count(*) as rows_with_this_key
from {{ model }}
group by {{ keys | join(', ') }}
having count(*) > 1{% for key in keys %} or {{ key }} is null{% endfor %}
{% endtest %}
