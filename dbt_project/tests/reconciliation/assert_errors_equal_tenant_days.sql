-- Tenants' dates of which the errors by type are not the errors of the day, or are more than the requests that they are part of.
-- Of closed dates those that have any: months that were closed before mart_error_daily was there have none.
with days as (
    select tenant_id, usage_date, errors from {{ ref('mart_tenant_daily') }}
),

by_type as (
    select tenant_id, usage_date, sum(errors) as errors, max(errors - requests) as excess
    from {{ ref('mart_error_daily') }}
    group by tenant_id, usage_date
),

differing as (
    select
        coalesce(days.tenant_id, by_type.tenant_id) as tenant_id,
        coalesce(days.usage_date, by_type.usage_date) as usage_date,
        days.errors as expected,
        by_type.errors as found
    from days
    full join by_type
        on days.tenant_id = by_type.tenant_id
        and days.usage_date = by_type.usage_date
    where (
            coalesce(days.errors, 0) <> coalesce(by_type.errors, 0)
            and (by_type.errors is not null or not ({{ is_closed('days.usage_date') }}))
        )
        or by_type.excess > 0
)

select * from differing
