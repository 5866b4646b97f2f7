with charges as (
    select * from {{ ref('mart_focus_cost_usage') }}
),

renamed as (
    select
        AvailabilityZone, BilledCost, BillingAccountId, BillingAccountName, BillingAccountType, BillingCurrency,
        BillingPeriodEnd, BillingPeriodStart, CapacityReservationId, CapacityReservationStatus, ChargeCategory,
        ChargeClass, ChargeDescription, ChargeFrequency, ChargePeriodEnd, ChargePeriodStart,
        CommitmentDiscountCategory, CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountQuantity,
        CommitmentDiscountStatus, CommitmentDiscountType, CommitmentDiscountUnit, ConsumedQuantity, ConsumedUnit,
        ContractedCost, ContractedUnitPrice, EffectiveCost, ProviderName as HostProviderName, InvoiceId,
        InvoiceIssuerName, ListCost, ListUnitPrice, PricingCategory, PricingCurrency,
        PricingCurrencyContractedUnitPrice, PricingCurrencyEffectiveCost, PricingCurrencyListUnitPrice,
        PricingQuantity, PricingUnit, RegionId, RegionName, ResourceId, ResourceName, ResourceType, ServiceCategory,
        ServiceName, ProviderName as ServiceProviderName, ServiceSubcategory, SkuId, SkuMeter, SkuPriceDetails,
        SkuPriceId, SubAccountId, SubAccountName, SubAccountType, Tags, x_ChargeId, x_ChargeType, x_ChargeDate,
        x_SourceKind, x_SourceId, x_LotId, x_Pool, x_Funding, x_Credits, x_DeferredCost, x_CorrectedMonth
    from charges
)

select * from renamed
