with alerts as (
    {{ alerts_of(ref('int_budget_alerts')) | indent(4) }}
    union all
    {{ alerts_of(ref('int_usage_alerts'), has=['severity', 'excess']) | indent(4) }}
    union all
    {{ alerts_of(ref('int_balance_alerts'), has=['happens_on']) | indent(4) }}
    union all
    {{ alerts_of(ref('int_invoice_alerts'), has=['currency', 'happens_on']) | indent(4) }}
),

{{ told_alerts('alerts') }}

select * from told
