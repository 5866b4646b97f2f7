{{ config(materialized='ephemeral') }}

with dates as (
    select * from {{ ref('int_advice_dates') }}
),

hours as (
    select * from {{ ref('fct_usage_hourly') }}
),

-- What runs by itself can run at another time; people and callers do not wait.
daily as (
    select
        tenant_id,
        usage_date,
        channel,
        model_id,
        {{ is_peak('usage_date', 'local_hour') }} as is_peak,
        sum(latency_ms_sum) as latency_ms_sum,
        sum(latency_count) as latency_count,
        sum(output_tokens) as output_tokens,
        sum(requests) as requests
    from hours
    where channel in ('workflow', 'agent', 'api')
        and latency_count > 0
    group by tenant_id, usage_date, channel, model_id, {{ is_peak('usage_date', 'local_hour') }}
),

paired as (
    select
        peak.tenant_id, peak.usage_date, peak.channel, peak.model_id,
        peak.latency_ms_sum as from_ms, peak.latency_count as from_count, peak.output_tokens as from_tokens,
        peak.requests as from_requests,
        other.latency_ms_sum as to_ms, other.latency_count as to_count, other.output_tokens as to_tokens,
        other.requests as to_requests,
        {{ ratio('other.latency_ms_sum', 'other.latency_count') }} < {{ ratio('peak.latency_ms_sum', 'peak.latency_count') }}
            as is_faster
    from daily as peak
    inner join daily as other
        on peak.tenant_id = other.tenant_id
        and peak.usage_date = other.usage_date
        and peak.channel = other.channel
        and peak.model_id = other.model_id
    where peak.is_peak and not other.is_peak
),

compared as (
    select
        dates.tenant_id, dates.as_of, dates.first_date, paired.channel, paired.model_id as from_model_id,
        cast(sum(paired.from_requests) as bigint) as from_requests,
        cast(sum(paired.to_requests) as bigint) as to_requests,
        {{ ratio('sum(paired.from_ms)', 'sum(paired.from_count)') }} as from_latency_ms,
        {{ ratio('sum(paired.to_ms)', 'sum(paired.to_count)') }} as to_latency_ms,
        {{ ratio('sum(paired.from_tokens)', 'sum(paired.from_requests)') }} as from_length,
        {{ ratio('sum(paired.to_tokens)', 'sum(paired.to_requests)') }} as to_length,
        count(*) as dates_compared,
        count(*) filter (where paired.is_faster) as dates_better
    from dates
    inner join paired
        on dates.tenant_id = paired.tenant_id
        and paired.usage_date between dates.first_date and dates.as_of
    group by dates.tenant_id, dates.as_of, dates.first_date, paired.channel, paired.model_id
),

-- By dates, not by requests: those of one hour wait for the same crowd.
faster as (
    select *
    from compared
    where from_requests >= {{ var('advice_min_requests') }}
        and dates_compared >= {{ var('advice_min_dates') }}
        and {{ wilson_bound('dates_better', 'dates_compared', '-') }} > 0.5
        and to_latency_ms <= (1 - {{ var('advice_min_latency_gain') }}) * from_latency_ms
        and to_length >= {{ var('advice_min_answer_length') }} * from_length
)

select * from faster
