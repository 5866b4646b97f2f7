{{ config(materialized='tallybook_table') }}
{%- set seller = focus_provider_name() %}
{%- set unused = [
    'AvailabilityZone', 'CapacityReservationId', 'CapacityReservationStatus', 'CommitmentDiscountCategory',
    'CommitmentDiscountId', 'CommitmentDiscountName', 'CommitmentDiscountStatus', 'CommitmentDiscountType',
    'CommitmentDiscountUnit', 'RegionId', 'RegionName', 'ResourceName',
] %}

with charges as (
    select * from {{ ref('int_focus_charges') }}
),

tenants as (
    select * from {{ ref('dim_tenants') }}
),

teams as (
    select * from {{ ref('dim_teams') }}
),

services as (
    select 'Model Inference' as name, 'AI and Machine Learning' as category, 'Generative AI' as subcategory
    union all
    select 'Agent and Workflow Runs' as name, 'AI and Machine Learning' as category, 'AI Platforms' as subcategory
    union all
    select 'Phone Calls' as name, 'AI and Machine Learning' as category, 'Bots' as subcategory
    union all
    select 'Platform Jobs' as name, 'Integration' as category, 'Workflow Orchestration' as subcategory
    union all
    select 'Credits and Fees' as name, 'Other' as category, 'Other (Other)' as subcategory
),

-- Names as the specification spells them: no engine needs quotes for them, and few tell their case.
focus as (
    select
        cast(charges.billed as decimal(38, 12)) as BilledCost,
        charges.tenant_id as BillingAccountId,
        tenants.tenant_name as BillingAccountName,
        'Tenant' as BillingAccountType,
        charges.currency as BillingCurrency,
        charges.month_ends_at as BillingPeriodEnd,
        charges.month_starts_at as BillingPeriodStart,
        charges.charge_category as ChargeCategory,
        case when charges.corrected_month is not null then 'Correction' end as ChargeClass,
        coalesce(charges.description, case charges.charge_type
            when 'Usage' then charges.meter || ' of ' || charges.source_kind || ' ' || charges.source_id
            when 'Expiry' then 'Expired credits of lot ' || charges.source_id
            else replace(charges.source_kind, '_', ' ') || ' ' || charges.source_id
        end) as ChargeDescription,
        charges.charge_frequency as ChargeFrequency,
        charges.ends_at as ChargePeriodEnd,
        charges.starts_at as ChargePeriodStart,
        cast(null as decimal(38, 12)) as CommitmentDiscountQuantity,
        cast(charges.consumed as decimal(38, 12)) as ConsumedQuantity,
        charges.consumed_unit as ConsumedUnit,
        charges.contracted_cost as ContractedCost,
        case when charges.sku_id is not null then charges.unit_price end as ContractedUnitPrice,
        cast(charges.effective as decimal(38, 12)) as EffectiveCost,
        charges.invoice_id as InvoiceId,
        {{ seller }} as InvoiceIssuerName,
        charges.list_cost as ListCost,
        case when charges.sku_id is not null then charges.list_unit_price end as ListUnitPrice,
        case when charges.sku_id is not null then 'Standard' end as PricingCategory,
        case when charges.is_priced_in_credits then {{ focus_credit_currency() }} else charges.currency end as PricingCurrency,
        {%- for price, money in {'Contracted': 'unit_price', 'List': 'list_unit_price'}.items() %}
        case when charges.sku_id is not null then coalesce(charges.credits_per_unit, charges.{{ money }}) end
            as PricingCurrency{{ price }}UnitPrice,
        {%- endfor %}
        cast(case when charges.is_priced_in_credits then -charges.moved else charges.effective end as decimal(38, 12))
            as PricingCurrencyEffectiveCost,
        case when charges.sku_id is not null then cast(charges.units as decimal(38, 12)) end as PricingQuantity,
        charges.pricing_unit as PricingUnit,
        {{ seller }} as ProviderName,
        {{ seller }} as PublisherName,
        charges.tenant_id || '/' || charges.lot_id as ResourceId,
        case when charges.lot_id is not null then 'Credit Lot' end as ResourceType,
        services.category as ServiceCategory,
        charges.service_name as ServiceName,
        services.subcategory as ServiceSubcategory,
        charges.sku_id as SkuId,
        case when charges.sku_id is not null then charges.meter end as SkuMeter,
        case when charges.sku_id is not null
            then {{ json_of_texts({'x_Product': 'charges.sku_of', 'x_Meter': 'charges.meter'}) }} end as SkuPriceDetails,
        charges.sku_price_id as SkuPriceId,
        charges.team_id as SubAccountId,
        case when charges.team_id is not null then coalesce(teams.team_name, charges.team_id) end as SubAccountName,
        case when charges.team_id is not null then 'Team' end as SubAccountType,
        charges.tags as Tags,
        {%- for column in unused %}
        cast(null as varchar) as {{ column }},
        {%- endfor %}
        charges.charge_id as x_ChargeId,
        charges.charge_type as x_ChargeType,
        charges.charge_date as x_ChargeDate,
        charges.source_kind as x_SourceKind,
        charges.source_id as x_SourceId,
        charges.lot_id as x_LotId,
        charges.pool as x_Pool,
        charges.funding as x_Funding,
        cast(charges.moved as decimal(38, 6)) as x_Credits,
        cast(charges.deferred as decimal(38, 12)) as x_DeferredCost,
        charges.corrected_month as x_CorrectedMonth
    from charges
    inner join tenants
        on charges.tenant_id = tenants.tenant_id
    left join teams
        on charges.tenant_id = teams.tenant_id
        and charges.team_id = teams.team_id
    inner join services
        on charges.service_name = services.name
)

select * from focus
