with daily as (
    select * from {{ ref('int_model_daily') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

tiers as (
    select * from {{ ref('int_model_tiers') }}
),

shown as (
    select
        daily.tenant_id,
        daily.model_id,
        daily.usage_date,
        {{ measures_of('daily') | indent(8) }},
        coalesce(tiers.tier, 'unrated') as tier,
        1 - {{ ratio('daily.errors', 'daily.requests') }} as success_rate,
        {{ per_unit('daily.credits', 'daily.requests') }} as credits_per_request,
        daily.avg_latency_ms,
        daily.p50_latency_ms,
        daily.p95_latency_ms,
        daily.avg_rating
    from daily
    inner join as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
    left join tiers
        on as_of.timezone = tiers.timezone
        and daily.model_id = tiers.model_id
        and daily.usage_date >= tiers.first_date
        and daily.usage_date < tiers.next_first_date
)

select * from shown
