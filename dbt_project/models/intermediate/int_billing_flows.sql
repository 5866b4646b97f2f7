{{ config(materialized='ephemeral') }}

with events as (
    select * from {{ ref('stg_native__billing_events') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

flows as (
    select
        events.tenant_id,
        events.billing_id,
        cast({{ local_timestamp('events.occurred_at', 'as_of.timezone') }} as date) as usage_date,
        case when events.credits < 0 then 'out' else 'in' end as direction,
        events.kind,
        abs(events.credits) as credits
    from events
    inner join as_of
        on events.tenant_id = as_of.tenant_id
    where events.kind not in ('invoice', 'payment')
)

select * from flows
