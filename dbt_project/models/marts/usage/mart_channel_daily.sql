with daily as (
    select * from {{ ref('int_channel_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

shown as (
    select
        daily.tenant_id,
        daily.usage_date,
        daily.channel,
        {{ measures_of('daily') | indent(8) }}
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
)

select * from shown
