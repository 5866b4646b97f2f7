{{ config(materialized='tallybook_table') }}
{%- set shared = [
    'tenant_id', 'charge_date', 'charge_type', 'source_kind', 'source_id', 'corrected_month', 'corrected_on', 'corrected_terms', 'lot_id', 'pool', 'funding',
    'team_id', 'tags', 'charge_category', 'charge_frequency', 'description', 'invoice_id', 'service_name', 'sku_of', 'meter', 'units', 'money_per_unit',
    'billed', 'effective', 'deferred', 'moved', 'currency',
] | join(', ') %}
{#- A price of which the cost would outgrow the decimals is none: what was used and what it drew stands all the same. -#}
{%- set held = [] %}
{%- for price in ['money_per_unit', 'list_money_per_unit'] %}
    {%- do held.append(
        'case when ' ~ or_unknown(price_times_quantity('charges.' ~ price, 'charges.units'), 'charges.units')
        ~ ' is not null then charges.' ~ price ~ ' else 0 end'
    ) %}
{%- endfor %}

with usage as (
    select * from {{ ref('int_focus_usage') }}
),

billing as (
    select * from {{ ref('int_focus_billing') }}
),

invoices as (
    select * from {{ ref('int_focus_invoice_charges') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

bounds as (
    select * from {{ ref('int_day_bounds') }}
),

charges as (
    select
        {{ shared }}, pricing_unit, consumed_unit, list_money_per_unit, credits_per_unit, consumed, true as is_priced_in_credits,
        cast(null as date) as ends_on
    from usage
    union all
    select
        {{ shared }}, meter as pricing_unit, null as consumed_unit, money_per_unit as list_money_per_unit,
        null as credits_per_unit, null as consumed, false as is_priced_in_credits, ends_on
    from billing
    union all
    select
        tenant_id, charge_date, charge_type, source_kind, source_id, corrected_month, null, corrected_terms, null, null, null,
        null, null, charge_category, 'One-Time', description, invoice_id, 'Credits and Fees', null, null, null, null,
        cast(amount as decimal(38, 12)), cast(amount as decimal(38, 12)), 0, 0, currency, null, null, null, null, null, false, null
    from invoices
),

placed as (
    select
        charges.*,
        {{ held[0] }} as unit_price,
        {{ held[1] }} as list_unit_price,
        first_day.starts_at,
        coalesce(greatest(last_day.ends_at, first_day.ends_at), first_day.ends_at) as ends_at,
        first_day.month_starts_at,
        first_day.month_ends_at
    from charges
    inner join as_of
        on charges.tenant_id = as_of.tenant_id
    inner join bounds as first_day
        on as_of.timezone = first_day.timezone
        and charges.charge_date = first_day.local_date
    left join bounds as last_day
        on as_of.timezone = last_day.timezone
        and least(charges.ends_on, date '9999-12-30') = last_day.local_date
),

costed as (
    select
        *,
        md5(concat_ws(
            '/', tenant_id, charge_type, cast(charge_date as varchar), source_kind, source_id, coalesce(meter, ''), lot_id,
            corrected_month, cast(corrected_on as varchar), corrected_terms,
            case when tags is not null then concat_ws('/', coalesce(team_id, '-'), tags, cast(credits_per_unit as varchar)) end
        )) as charge_id,
        sku_of || '/' || meter as sku_id,
        sku_of || '/' || meter || '/' || currency || '/' || concat_ws(
            '/', cast(credits_per_unit as varchar), cast(list_unit_price as varchar), cast(unit_price as varchar)
        ) as sku_price_id,
        case
            when sku_of is null then billed
            else coalesce({{ or_unknown(price_times_quantity('list_unit_price', 'units'), 'units') }}, 0)
        end as list_cost,
        case
            when sku_of is null then billed
            else coalesce({{ or_unknown(price_times_quantity('unit_price', 'units'), 'units') }}, 0)
        end as contracted_cost
    from placed
)

select * from costed
