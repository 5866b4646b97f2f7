{%- set shared = [
    'tenant_id', 'charge_date', 'charge_type', 'source_kind', 'source_id', 'corrected_month', 'corrected_on', 'corrected_terms', 'lot_id', 'pool', 'funding',
    'charge_category', 'charge_frequency', 'description', 'invoice_id', 'service_name', 'sku_of', 'meter', 'units', 'money_per_unit', 'effective',
    'deferred', 'moved', 'currency',
] | join(', ') %}

with usage as (
    select * from {{ ref('int_focus_usage') }}
),

billing as (
    select * from {{ ref('int_focus_billing') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

bounds as (
    select * from {{ ref('int_day_bounds') }}
),

charges as (
    select
        {{ shared }}, list_money_per_unit, credits_per_unit, consumed, is_in_tokens, true as is_priced_in_credits,
        0 as billed, cast(null as date) as ends_on
    from usage
    union all
    select
        {{ shared }}, money_per_unit as list_money_per_unit, null as credits_per_unit, null as consumed, false as is_in_tokens,
        false as is_priced_in_credits, billed, ends_on
    from billing
),

placed as (
    select
        charges.*,
        first_day.starts_at,
        coalesce(greatest(last_day.ends_at, first_day.ends_at), first_day.ends_at) as ends_at
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
            corrected_month, cast(corrected_on as varchar), corrected_terms
        )) as charge_id,
        sku_of || '/' || meter as sku_id,
        case
            when is_in_tokens then '1000 Tokens'
            when sku_of is not null then case charge_type when 'Fee' then 'Charges' else 'Credits' end
        end as pricing_unit,
        case when consumed is not null then case when is_in_tokens then 'Tokens' else 'Credits' end end as consumed_unit,
        case
            when sku_of is null then billed
            else coalesce({{ or_unknown(price_times_quantity('list_money_per_unit', 'units'), 'units') }}, 0)
        end as list_cost,
        case
            when sku_of is null then billed
            else coalesce({{ or_unknown(price_times_quantity('money_per_unit', 'units'), 'units') }}, 0)
        end as contracted_cost
    from placed
)

select * from costed
