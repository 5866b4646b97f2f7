-- Tokens of sound, pictures and films are a part of the model's tokens of the date.

with meters as (
    select
        tenant_id,
        usage_date,
        model_id,
        {%- for side in ['input', 'cached_input', 'output'] %}
        coalesce(sum(quantity) filter (where meter in (
            {%- for kind in metered_kinds() %}'{{ side }}_{{ kind }}_tokens'{{ ', ' if not loop.last }}{% endfor -%}
        )), 0) as {{ side }}_metered{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('mart_meter_daily') }}
    group by tenant_id, usage_date, model_id
),

days as (
    select tenant_id, usage_date, model_id, input_tokens, cached_input_tokens, output_tokens
    from {{ ref('mart_model_daily') }}
)

select meters.*
from meters
left join days
    on meters.tenant_id = days.tenant_id
    and meters.usage_date = days.usage_date
    and meters.model_id = days.model_id
where coalesce(meters.input_metered > days.input_tokens, true)
    or meters.cached_input_metered > days.cached_input_tokens
    or meters.output_metered > days.output_tokens
