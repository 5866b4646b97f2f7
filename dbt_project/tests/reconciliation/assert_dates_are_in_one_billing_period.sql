-- Dates that are not in exactly one of their tenant's billing periods.
with dates as (
    select tenant_id, usage_date
    from {{ ref('mart_tenant_daily') }}
),

periods as (
    select *
    from {{ ref('mart_billing_periods') }}
)

select dates.tenant_id, dates.usage_date, count(periods.period_start) as periods
from dates
left join periods
    on dates.tenant_id = periods.tenant_id
    and dates.usage_date >= periods.period_start
    and dates.usage_date < periods.period_end
group by dates.tenant_id, dates.usage_date
having count(periods.period_start) <> 1
