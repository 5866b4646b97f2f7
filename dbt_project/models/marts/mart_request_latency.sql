with daily as (
    select * from {{ ref('int_request_latencies') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        daily.tenant_id,
        daily.usage_date,
        daily.local_hour,
        daily.model_id,
        daily.user_id,
        daily.latency_ms
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
)

select * from shown
