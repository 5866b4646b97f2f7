-- Charges that break a rule of FOCUS that its validators do not look at, or only in some rows; one row per charge, with the first
-- rule that it breaks.
{%- set credit_code = focus_credit_currency() %}
{%- set priced = "ChargeCategory in ('Usage', 'Purchase')" %}
{%- set in_credits = "x_ChargeType in ('Usage', 'Expiry')" %}
{#- Of a closed month, what stood is taken back where it is entered again. -#}
{%- set reversal = "coalesce(ChargeClass, '') = 'Correction' and x_Credits > 0" %}
{#- Entered again in other shares, no credits may cost a trillionth more or less. -#}
{%- set rounding = "coalesce(ChargeClass, '') = 'Correction' and x_Credits = 0 and EffectiveCost > -0.000000001" %}
{%- set of_closed = is_closed('x_ChargeDate') %}
{#- An event's credits are rounded, and quantities are cut where a lot ends, to a millionth. -#}
{%- set rules = {
    'ChargePeriodEnd is not before ChargePeriodStart': 'ChargePeriodEnd >= ChargePeriodStart',
    'a charge begins in its billing period':
        of_closed ~ ' or ChargePeriodStart >= BillingPeriodStart and ChargePeriodStart < BillingPeriodEnd',
    'the charge begins within a day of x_ChargeDate':
        "ChargePeriodStart > x_ChargeDate - interval '1' day and ChargePeriodStart < x_ChargeDate + interval '1' day",
    'only postpaid usage is billed': "not (" ~ in_credits ~ ") or BilledCost = 0 or coalesce(x_Funding = 'Postpaid', false)",
    'postpaid usage costs what is billed': "coalesce(x_Funding, '') <> 'Postpaid' or EffectiveCost = BilledCost and x_LotId is null",
    'tax is tax': "(x_ChargeType = 'Tax') = (ChargeCategory = 'Tax')",
    'usage is usage': "(" ~ in_credits ~ ") = (ChargeCategory = 'Usage')",
    'only usage is usage-based': "(ChargeCategory = 'Usage') = (ChargeFrequency = 'Usage-Based')",
    'a refund is a negative purchase':
        "not (x_ChargeType = 'Withdrawal' and ChargeCategory = 'Purchase') or " ~ reversal
        ~ " or PricingQuantity < 0 and BilledCost <= 0",
    'credits that were paid for cost when they are used':
        "x_ChargeType = 'Fee' or ChargeCategory <> 'Purchase' or EffectiveCost = 0",
    'a plain charge costs what is billed': "ChargeCategory not in ('Credit', 'Adjustment', 'Tax') or EffectiveCost = BilledCost",
    'usage is priced in credits': 'PricingCurrency = case when ' ~ in_credits ~ ' then ' ~ credit_code ~ ' else BillingCurrency end',
    'the credits are no money': 'BillingCurrency <> ' ~ credit_code,
    'usage takes its credits':
        'PricingCurrencyEffectiveCost = case when ' ~ in_credits ~ ' then -x_Credits else EffectiveCost end',
    'credits cost no less than nothing':
        'not (' ~ in_credits ~ ') or ' ~ reversal ~ ' or ' ~ rounding
        ~ ' or EffectiveCost >= 0 and PricingCurrencyEffectiveCost >= 0',
    'a correction names its month': '(ChargeClass is null) = (x_CorrectedMonth is null)',
    'only usage consumes': "(ConsumedQuantity is null) = (ChargeCategory <> 'Usage')",
    'expired credits are not consumed': "x_ChargeType <> 'Expiry' or ConsumedQuantity = 0",
    'a quantity has its unit':
        '(PricingUnit is null) = (PricingQuantity is null) and (ConsumedUnit is null) = (ConsumedQuantity is null)',
    'provider, publisher and issuer are one': 'ProviderName = InvoiceIssuerName and PublisherName = InvoiceIssuerName',
    'credits are price times quantity, but for what events were rounded by':
        'not (' ~ in_credits ~ ') or ' ~ of_closed ~ ' or coalesce(abs(' ~ or_unknown(
            price_times_quantity('PricingCurrencyContractedUnitPrice', 'PricingQuantity'), 'PricingQuantity'
        ) ~ ' - PricingCurrencyEffectiveCost) <= 0.000001 * (1 + PricingCurrencyContractedUnitPrice + abs(ConsumedQuantity)), true)',
    'a sub-account has name and type':
        '(SubAccountId is null) = (SubAccountName is null) and (SubAccountId is null) = (SubAccountType is null)',
    'a resource has its type': '(ResourceType is null) = (ResourceId is null)',
    'unfunded usage has cost nothing yet': "coalesce(x_Funding, '') <> 'Unfunded' or EffectiveCost = 0 and x_LotId is null",
} %}
{%- for moment, day in {
    'BillingPeriodStart': "date_trunc('month', x_ChargeDate)", 'BillingPeriodEnd': date_minus(last_of_month('x_ChargeDate'), -1),
}.items() %}
    {%- do rules.update({moment ~ ' is that of the calendar month on the clocks of a zone': moment ~ ' between cast(' ~ day
        ~ " as timestamp) - interval '1' day and cast(" ~ day ~ " as timestamp) + interval '1' day"}) %}
{%- endfor %}
{%- for column in [
    'ListUnitPrice', 'ContractedUnitPrice', 'PricingCurrencyListUnitPrice', 'PricingCurrencyContractedUnitPrice',
    'PricingQuantity', 'PricingCategory', 'SkuId', 'SkuPriceId', 'SkuMeter',
] %}
    {%- do rules.update({column ~ ' is there where it is priced, and only there': '(' ~ column ~ ' is not null) = (' ~ priced ~ ')'}) %}
{%- endfor %}
{%- for cost, price in {'ListCost': 'ListUnitPrice', 'ContractedCost': 'ContractedUnitPrice'}.items() %}
    {%- do rules.update({
        price ~ ' is not negative': 'coalesce(' ~ price ~ ' >= 0, true)',
        cost ~ ' is price times quantity, or what is billed': 'abs(' ~ cost ~ ' - coalesce('
            ~ or_unknown(price_times_quantity(price, 'PricingQuantity'), price) ~ ', BilledCost)) <= 0.000000001 * greatest(abs(' ~ cost ~ '), 1)',
    }) %}
{%- endfor %}

with charges as (
    select * from {{ ref('mart_focus_cost_usage') }}
),

judged as (
    select
        x_ChargeId as of_what,
        case
            {%- for rule, holds in rules.items() %}
            when not coalesce({{ holds }}, false) then '{{ rule }}'
            {%- endfor %}
        end as rule
    from charges
),

broken as (
    select of_what, rule from judged where rule is not null
    union all
    select ServiceName, 'a service has one category and subcategory'
    from charges
    group by ServiceName
    having count(distinct ServiceCategory) <> 1 or count(distinct ServiceSubcategory) <> 1
    union all
    select SkuPriceId, 'a price has one SKU and one unit price'
    from charges
    where SkuPriceId is not null and not {{ of_closed }}
    group by SkuPriceId
    having count(distinct SkuId) <> 1 or count(distinct ListUnitPrice) <> 1 or count(distinct ContractedUnitPrice) <> 1
        or count(distinct PricingCurrencyContractedUnitPrice) <> 1 or count(distinct PricingUnit) <> 1
)

select * from broken
