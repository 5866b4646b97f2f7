{{ config(materialized='ephemeral') }}

with daily as (
    select * from {{ ref('int_budget_usage_as_known') }}
),

{{ expected_use('tenant_id, scope, scope_id, as_of') }},

used as (
    select
        tenant_id,
        scope,
        scope_id,
        as_of,
        min(month_end) as month_end,
        coalesce(sum(credits) filter (where usage_date >= month_start), 0) as used
    from daily
    group by tenant_id, scope, scope_id, as_of
),

joined as (
    select
        forecast.*,
        used.month_end,
        {{ days_between('used.as_of', 'used.month_end') }} as days_left,
        used.used
    from forecast
    inner join used
        on forecast.tenant_id = used.tenant_id
        and forecast.scope = used.scope
        and forecast.scope_id = used.scope_id
        and forecast.as_of = used.as_of
        and forecast.usage_date = used.as_of
),

{{ projected_use() }},

known as (
    select
        tenant_id,
        scope,
        scope_id,
        usage_date,
        cast(used as decimal(38, 6)) as used,
        projected,
        projected_low,
        projected_high,
        run_rate
    from projection
)

select * from known
