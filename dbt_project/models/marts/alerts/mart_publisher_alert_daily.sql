with alerts as (
    {{ alerts_of(ref('int_margin_alerts'), has=['currency']) | indent(4) }}
),

{{ told_alerts('alerts') }}

select * from told
