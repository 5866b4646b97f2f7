{{ config(materialized='tallybook_incremental', on_schema_change='fail', meta={'parts': 'late'}) }}
{%- set parts = late_parts() %}

with events as (
    select * from {{ ref('int_usage_events_rated') }}
),

facts as (
    {{ rows_to_build(ref('fct_usage_daily'), parts) }}
),

arrived as (
    select
        tenant_id,
        usage_date,
        model_id,
        {{ usage_measures() | indent(8) }},
        coalesce(sum(cost_usd) filter (where cost_basis = 'estimated'), 0) as estimated_cost_usd
    from events
    where {{ is_closed('usage_date') }}
    group by tenant_id, usage_date, model_id
),

counted as (
    select
        tenant_id,
        usage_date,
        model_id,
        {{ sum_measures() | indent(8) }},
        sum(estimated_cost_usd) as estimated_cost_usd
    from facts
    where {{ is_closed('usage_date') }}
    group by tenant_id, usage_date, model_id
),

both_sides as (
    select tenant_id, usage_date, model_id, estimated_cost_usd, {{ measures_of('arrived') | indent(8) }}
    from arrived
    union all
    select tenant_id, usage_date, model_id, - estimated_cost_usd, {{ negated_measures('counted') | indent(8) }}
    from counted
),

late as (
    select
        tenant_id,
        usage_date,
        model_id,
        {{ sum_measures() | indent(8) }},
        cast(sum(estimated_cost_usd) as decimal(38, 6)) as estimated_cost_usd
    from both_sides
    group by tenant_id, usage_date, model_id
),

differing as (
    select *
    from late
    where {{ is_any_measure('late') }} or estimated_cost_usd <> 0
)

select * from differing
