with events as (
    select * from {{ ref('stg_native__billing_events') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

moved as (
    select
        events.tenant_id,
        events.billing_id,
        events.kind,
        events.credits,
        events.amount,
        {{ currency_of('tenants', named='events.currency') }} as currency,
        events.expires_on,
        events.occurred_at,
        {{ local_date('events.occurred_at', 'zone_days') }} as entry_date,
        case when {{ is_grant('events.kind', 'events.credits') }} then events.credits else 0 end as granted,
        case when events.kind <> 'invoice' then greatest(events.amount, 0) else 0 end as paid,
        case when events.kind = 'refund' then -least(events.credits, 0) else 0 end as taken_back,
        case when events.kind = 'refund' then -least(events.amount, 0) else 0 end as paid_back
    from events
    inner join as_of
        on events.tenant_id = as_of.tenant_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'as_of.timezone', 'events.occurred_at') }}
    left join tenants
        on events.tenant_id = tenants.tenant_id
),

running as (
    select
        *,
        {%- for measure, keys in [
            ('granted', 'tenant_id'), ('taken_back', 'tenant_id'),
            ('paid', 'tenant_id, currency'), ('paid_back', 'tenant_id, currency'),
        ] %}
        cast(coalesce(sum({{ measure }}) over (
            partition by {{ keys }} order by occurred_at, billing_id
            rows between unbounded preceding and current row
        ), 0) as decimal(38, 6)) as {{ measure }}_until_then{{ ',' if not loop.last }}
        {%- endfor %}
    from moved
)

select * from running
