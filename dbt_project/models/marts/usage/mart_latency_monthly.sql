{{ config(materialized='tallybook_table') }}

with events as (
    select * from {{ ref('mart_usage_events') }} where latency_ms is not null
),

answers as (
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        model_id,
        user_id,
        lpad(cast(local_hour as varchar(2)), 2, '0') as local_hour,
        part_of_week,
        latency_ms
    from events
),

{#- Column by breakdown; each is aggregated by itself, since spread over all of them the answers would be five times as many. -#}
{%- set breakdowns = {'all': none, 'model': 'model_id', 'user': 'user_id', 'hour': 'local_hour', 'time': 'part_of_week'} %}

broken_down as (
    {%- for breakdown, column in breakdowns.items() %}
    {{ 'union all' if not loop.first }}
    select
        tenant_id,
        month,
        '{{ breakdown }}' as breakdown,
        {{ column or "'all'" }} as breakdown_key,
        count(*) as answers,
        {{ ratio('sum(latency_ms)', 'count(*)') }} as avg_latency_ms,
        {{ percentile('latency_ms', 0.5) }} as p50_latency_ms,
        {{ percentile('latency_ms', 0.95) }} as p95_latency_ms,
        min(latency_ms) as fastest_ms,
        max(latency_ms) as slowest_ms
    from answers
    group by tenant_id, month{{ ', ' ~ column if column }}
    {%- endfor %}
),

latencies as (
    select *
    from broken_down
    where breakdown <> 'user' or breakdown_key <> '(none)'
)

select * from latencies
