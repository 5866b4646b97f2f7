with models as (
    select tenant_id, model_id, usage_date, requests + runs + calls as activity, credits from {{ ref('mart_model_daily') }}
),

days as (
    select tenant_id, usage_date from {{ ref('mart_tenant_daily') }}
),

-- A running month is compared with as many first dates of the month before.
months as (
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        min(usage_date) as first_date,
        max(usage_date) as last_date,
        case when max(usage_date) = {{ last_of_month('max(usage_date)') }} then 31
            else extract(day from max(usage_date)) end as days_compared,
        {{ month_name(date_minus('min(usage_date)', 'extract(day from min(usage_date))')) }} as month_before,
        lag(min(usage_date)) over (partition by tenant_id order by min(usage_date)) is not null as has_month_before
    from days
    group by tenant_id, {{ month_name('usage_date') }}
),

compared as (
    select * from months where has_month_before
),

used as (
    select
        compared.tenant_id, compared.month, models.model_id,
        cast(0 as bigint) as activity_before, cast(0 as decimal(38, 6)) as credits_before, models.activity, models.credits
    from compared
    inner join models
        on compared.tenant_id = models.tenant_id
        and models.usage_date between compared.first_date and compared.last_date
    union all
    select
        compared.tenant_id, compared.month, models.model_id,
        models.activity, models.credits, cast(0 as bigint), cast(0 as decimal(38, 6))
    from compared
    inner join models
        on compared.tenant_id = models.tenant_id
        and {{ month_name('models.usage_date') }} = compared.month_before
        and extract(day from models.usage_date) <= compared.days_compared
),

summed as (
    select
        tenant_id, month, model_id,
        cast(sum(activity_before) as bigint) as activity_before, cast(sum(activity) as bigint) as activity,
        cast(sum(credits_before) as decimal(38, 6)) as credits_before, cast(sum(credits) as decimal(38, 6)) as credits
    from used
    group by tenant_id, month, model_id
),

whole as (
    select
        *,
        cast(sum(activity_before) over months as bigint) as all_before,
        cast(sum(activity) over months as bigint) as all_now
    from summed
    window months as (partition by tenant_id, month)
),

moved as (
    select
        *,
        case when all_before > 0 then {{ share_of_amount('credits_before', 'all_now', 'all_before') }} else credits end as as_busy,
        case when activity_before > 0 then {{ share_of_amount('credits_before', 'activity', 'activity_before') }}
            else credits end as as_mixed
    from whole
),

drivers as (
    select
        tenant_id, month, model_id, activity_before, activity, credits_before, credits,
        cast(as_busy - credits_before as decimal(38, 6)) as volume,
        cast(as_mixed - as_busy as decimal(38, 6)) as mix,
        cast(credits - as_mixed as decimal(38, 6)) as price
    from moved
)

select * from drivers
