{{ config(materialized='ephemeral') }}
{%- set billed = billed_postpaid("coalesce(funding, '') = 'Postpaid'", 'credits', 'money_per_credit') %}

with metered as (
    select * from {{ ref('int_focus_metered') }}
),

draws as (
    select * from {{ ref('int_focus_draws') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

measured as (
    select
        metered.tenant_id, metered.usage_date as charge_date, 'Usage' as charge_type,
        metered.used_kind as source_kind, metered.model_id as source_id,
        cast(null as varchar) as corrected_month, cast(null as date) as corrected_on,
        cast(null as varchar) as corrected_terms, metered.lot_id, metered.pool, metered.funding, metered.invoice_id,
        nullif(metered.team_id, '(none)') as team_id,
        {{ focus_tags({
            'user': 'metered.user_id', 'project': 'metered.project_id', 'item': 'metered.item_id',
            'channel': 'metered.channel',
        }, 'metered.own_tags') | indent(8) }} as tags,
        metered.meter, metered.credits_per_unit,
        case metered.meter when 'credits' then metered.credits else metered.quantity end as units,
        coalesce(metered.money_per_credit, 0) as money_per_credit,
        coalesce(metered.list_money_per_credit, 0) as list_money_per_credit,
        metered.credits, metered.cost,
        coalesce(metered.currency, {{ currency_of('tenants') }}) as currency
    from metered
    left join tenants
        on metered.tenant_id = tenants.tenant_id
    union all
    select
        tenant_id, usage_date, case draw_type when 'expiry' then 'Expiry' else 'Usage' end, used_kind, used_id,
        corrected_month, corrected_on, corrected_terms, lot_id, pool, funding, invoice_id, null, null, 'credits', 1, credits,
        money_per_credit, list_money_per_credit, credits, cost, currency
    from draws
    where draw_type = 'expiry' or used_kind <> 'model' or corrected_month is not null
),

units as (
    select 'requests' as meter, 'Requests' as sku_meter, 'Requests' as pricing_unit, 'Requests' as consumed_unit, 1 as times
    union all
    select 'input', 'Input Tokens', '1000 Tokens', 'Tokens', 1000
    union all
    select 'output', 'Output Tokens', '1000 Tokens', 'Tokens', 1000
    union all
    select 'credits', 'Credits', 'Credits', 'Credits', 1
    union all
    select 'runs', 'Runs', 'Runs', 'Runs', 1
    union all
    select 'calls', 'Calls', 'Calls', 'Calls', 1
),

charges as (
    select
        tenant_id, charge_date, charge_type, source_kind, source_id, corrected_month, corrected_on, corrected_terms, lot_id,
        pool, funding, team_id, tags, 'Usage' as charge_category, 'Usage-Based' as charge_frequency,
        cast(null as varchar) as description, invoice_id,
        case source_kind
            when 'model' then 'Model Inference' when 'run' then 'Agent and Workflow Runs' when 'call' then 'Phone Calls'
            when 'job' then 'Platform Jobs' else 'Credits and Fees'
        end as service_name,
        case when charge_type = 'Expiry' then 'credits/' || pool else source_kind || '/' || source_id end as sku_of,
        units.sku_meter as meter,
        units.pricing_unit,
        units.consumed_unit,
        cast(measured.units as decimal(38, 6)) as units,
        cast(credits_per_unit as decimal(38, 12)) as credits_per_unit,
        {%- for price in ['list_money_per_credit', 'money_per_credit'] %}
        {%- set product = 'cast(cast(credits_per_unit as decimal(18, 6)) * cast(' ~ price ~ ' as decimal(20, 12)) as decimal(38, 12))' %}
        coalesce({{ or_unknown(product, price) }}, 0) as {{ price | replace('per_credit', 'per_unit') }},
        {%- endfor %}
        cast(case charge_type when 'Expiry' then 0 else measured.units * units.times end as decimal(38, 12)) as consumed,
        {{ billed }} as billed,
        cost + {{ billed }} as effective,
        -cost as deferred,
        -credits as moved,
        currency
    from measured
    inner join units
        on measured.meter = units.meter
)

select * from charges
