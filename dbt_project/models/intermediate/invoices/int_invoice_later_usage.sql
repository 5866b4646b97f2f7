{{ config(materialized='tallybook_table') }}
{%- set event_columns = ['environment', 'event_type', 'status', 'model_id', 'input_tokens', 'output_tokens', 'credits',
    'input_credits', 'output_credits', 'occurred_at'] -%}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

events as (
    select * from {{ ref('int_usage_events_unioned') }}
),

known as (
    select * from {{ ref('int_invoice_known_versions') }}
),

rates as (
    select * from {{ ref('int_rates_by_date') }} where is_in_force
),

zone_days as (
    select * from {{ ref('int_zone_days') }}
),

closed_months as (
    select * from {{ ref('mart_closed_months') }}
),

-- What landed on its own date landed within the period of any invoice for it.
arrived as (
    select
        invoices.tenant_id,
        invoices.invoice_id,
        known.event_id is not null as is_restated,
        1 as sign,
        events.landing_date,
        {% for column in event_columns %}events.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from invoices
    inner join (select * from events where landing_date > event_date) as events
        on invoices.tenant_id = events.tenant_id
        and events.landing_date > invoices.known_by
        and events.event_date between {{ date_minus('invoices.period_start', 1) }} and invoices.period_end
    left join known
        on invoices.tenant_id = known.tenant_id
        and invoices.invoice_id = known.invoice_id
        and events.source = known.source
        and events.event_id = known.event_id
),

replaced as (
    select
        known.tenant_id,
        known.invoice_id,
        true as is_restated,
        -1 as sign,
        events.landing_date,
        {% for column in event_columns %}known.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from known
    inner join events
        on known.tenant_id = events.tenant_id
        and known.source = events.source
        and known.event_id = events.event_id
        and events.landing_date > known.known_by
),

versions as (
    select
        both_kinds.tenant_id,
        both_kinds.invoice_id,
        both_kinds.is_restated,
        both_kinds.sign,
        both_kinds.landing_date,
        both_kinds.occurred_at,
        {{ local_date('both_kinds.occurred_at', 'zone_days') }} as usage_date,
        {{ given_credits() }} as given_credits,
        case when {{ is_served_request() }} then both_kinds.model_id end as model_to_rate,
        coalesce(both_kinds.input_tokens, 0) as input_tokens,
        coalesce(both_kinds.output_tokens, 0) as output_tokens,
        invoices.period_start,
        invoices.period_end,
        invoices.as_of_date
    from (select * from arrived union all select * from replaced) as both_kinds
    inner join invoices
        on both_kinds.tenant_id = invoices.tenant_id
        and both_kinds.invoice_id = invoices.invoice_id
    inner join zone_days
        on {{ is_zone_day('zone_days', 'invoices.timezone', 'both_kinds.occurred_at') }}
    where both_kinds.environment = 'live'
),

charged as (
    select
        versions.*,
        versions.sign * {{ charged_credits('versions', 'rates') | indent(8) }} as credits
    from versions
    left join rates
        on versions.model_to_rate = rates.model_id
        and versions.occurred_at >= rates.valid_from
        and versions.occurred_at < rates.valid_to
        and versions.usage_date >= rates.first_date
        and versions.usage_date <= rates.last_date
    left join closed_months
        on versions.usage_date >= closed_months.first_date
        and versions.usage_date <= closed_months.last_date
    where versions.usage_date >= versions.period_start
        and versions.usage_date < versions.period_end
        and versions.usage_date <= versions.as_of_date
        -- The metered credits of a closed month took nothing in that landed after it was closed.
        and versions.landing_date <= coalesce(closed_months.last_landing_date, versions.landing_date)
),

later as (
    select
        tenant_id,
        invoice_id,
        cast(coalesce(sum(credits) filter (where not is_restated), 0) as decimal(38, 6)) as late_credits,
        cast(coalesce(sum(credits) filter (where is_restated), 0) as decimal(38, 6)) as restated_credits
    from charged
    group by tenant_id, invoice_id
)

select * from later
