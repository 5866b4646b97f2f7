with facts as (
    {{ rows_to_build(ref('fct_usage_hourly')) }}
),

hourly as (
    select
        tenant_id,
        usage_date,
        local_hour,
        cast(sum(requests) as bigint) as requests,
        cast(sum(credits) as decimal(38, 6)) as credits
    from facts
    group by tenant_id, usage_date, local_hour
)

select * from hourly
