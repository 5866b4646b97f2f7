-- Virtual tags whose values do not add up to the tenant's day, or after the division of what is shared to its month.
-- Of closed dates those that have any: months that were closed before a tag was there have none.
with days as (
    select tenant_id, usage_date, {{ month_name('usage_date') }} as month, credits, requests, runs, calls
    from {{ ref('mart_tenant_daily') }}
),

by_day as (
    select tenant_id, usage_date, tag_key, sum(credits) as credits, sum(requests + runs + calls) as activity
    from {{ ref('mart_virtual_tag_daily') }}
    group by tenant_id, usage_date, tag_key
),

by_month as (
    select tenant_id, month, tag_key, sum(credits) as credits, sum(given_credits - received_credits) as lost
    from {{ ref('mart_virtual_tag_monthly') }}
    group by tenant_id, month, tag_key
),

months as (
    select by_day.tenant_id, days.month, by_day.tag_key, sum(by_day.credits) as credits
    from by_day
    inner join days
        on by_day.tenant_id = days.tenant_id
        and by_day.usage_date = days.usage_date
    group by by_day.tenant_id, days.month, by_day.tag_key
),

differing as (
    select by_day.tenant_id, by_day.tag_key, cast(by_day.usage_date as varchar) as place
    from by_day
    left join days
        on by_day.tenant_id = days.tenant_id
        and by_day.usage_date = days.usage_date
    where by_day.credits <> coalesce(days.credits, 0)
        or by_day.activity <> coalesce(days.requests + days.runs + days.calls, 0)
    union all
    select by_month.tenant_id, by_month.tag_key, by_month.month as place
    from by_month
    left join months
        on by_month.tenant_id = months.tenant_id
        and by_month.tag_key = months.tag_key
        and by_month.month = months.month
    where by_month.credits <> coalesce(months.credits, 0)
        or by_month.lost <> 0
)

select * from differing
