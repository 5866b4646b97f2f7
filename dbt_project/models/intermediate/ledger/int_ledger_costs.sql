{{ config(materialized='tallybook_table', meta={'closed_by': 'usage_date', 'ends_as_of': true}) }}
{%- set kept = source('closing', 'int_ledger_costs') %}
{#- What a row is, besides its amounts. -#}
{%- set terms = 'draw_type, demand_type, demand_id, lot_id, pool, paid_on, currency, cost_per_credit' %}

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

corrections as (
    select
        both_sides.tenant_id,
        {{ first_open_date() }} as usage_date,
        both_sides.usage_date as corrected_on,
        {{ terms }},
        cast(sum(both_sides.credits) as decimal(38, 6)) as credits,
        cast(sum(both_sides.cost) as decimal(38, 12)) as cost
    from both_sides
    inner join as_of
        on both_sides.tenant_id = as_of.tenant_id
        and {{ first_open_date() }} <= as_of.as_of_date
    group by both_sides.tenant_id, both_sides.usage_date, {{ terms }}
    having sum(both_sides.credits) <> 0 or sum(both_sides.cost) <> 0
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
