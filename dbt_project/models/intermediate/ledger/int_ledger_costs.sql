{{ config(materialized='tallybook_table', meta={'closed_by': 'usage_date', 'ends_as_of': true}) }}
{%- set kept = source('closing', 'int_ledger_costs') %}
{#- What a row is, besides its amounts. -#}
{%- set terms = 'draw_type, demand_type, demand_id, lot_id, pool, paid_on, currency, cost_per_credit' %}
{%- set corrected = terms | replace('paid_on', 'corrected_paid_on as paid_on') %}

with costs as (
    select * from {{ ref('int_ledger_lot_costs') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),
{%- if closed_to() %}

-- What a closed month owed may be paid off later: what stands of it is taken back and entered as it is now.
both_sides as (
    select tenant_id, usage_date, {{ terms }}, credits, cost
    from costs
    where {{ is_closed('usage_date') }}
    union all
    select
        tenant_id, coalesce(corrected_on, usage_date) as usage_date, {{ terms }},
        -credits as credits, -cost as cost
    from {{ kept }}
    where {{ is_closed('usage_date') }}
),

-- Months closed by earlier versions have what expired on the day after its last day of use: the same all the same.
dated as (
    select
        *,
        case
            when draw_type = 'expiry' then min(usage_date) over (partition by tenant_id, draw_type, lot_id) else usage_date
        end as corrected_on,
        case when draw_type = 'expiry' then min(paid_on) over (partition by tenant_id, draw_type, lot_id) else paid_on end
            as corrected_paid_on
    from both_sides
),

corrections as (
    select
        dated.tenant_id,
        {{ first_open_date() }} as usage_date,
        dated.corrected_on,
        {{ corrected }},
        cast(sum(dated.credits) as decimal(38, 6)) as credits,
        cast(sum(dated.cost) as decimal(38, 12)) as cost
    from dated
    inner join as_of
        on dated.tenant_id = as_of.tenant_id
        and {{ first_open_date() }} <= as_of.as_of_date
    group by dated.tenant_id, dated.corrected_on, {{ corrected | replace(' as paid_on', '') }}
    having sum(dated.credits) <> 0 or sum(dated.cost) <> 0
),
{%- endif %}

with_corrections as (
    select tenant_id, usage_date, cast(null as date) as corrected_on, {{ terms }}, credits, cost
    from costs
    {%- if closed_to() %}
    where not {{ is_closed('usage_date') }}
    union all
    select tenant_id, usage_date, corrected_on, {{ terms }}, credits, cost
    from corrections
    {%- endif %}
)

select * from with_corrections
