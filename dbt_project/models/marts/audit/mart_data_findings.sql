{{ config(materialized='tallybook_table') }}
{%- set known = "('" ~ known_currencies() | join("', '") ~ "')" -%}

with billing as (
    select * from {{ ref('int_billing_running') }}
),

lines as (
    select * from {{ ref('stg_native__billing_lines') }}
),

tenants as (
    select * from {{ ref('stg_directory__tenants') }}
),

fx_periods as (
    select * from {{ ref('int_fx_periods') }}
),

-- The first money of a tenant in a currency that cannot be told in dollars then.
without_rate as (
    select
        billing.tenant_id,
        billing.billing_id,
        billing.currency,
        billing.entry_date,
        row_number() over (
            partition by billing.tenant_id, billing.currency order by billing.occurred_at, billing.billing_id
        ) as place
    from billing
    left join fx_periods
        on billing.currency = fx_periods.currency
        and billing.entry_date >= fx_periods.first_date
        and billing.entry_date < fx_periods.next_first_date
    where billing.granted > 0 and billing.paid > 0 and fx_periods.currency is null
),

budgets as (
    select distinct tenant_id, scope, scope_id from {{ ref('dim_budgets') }} where not is_known_scope
),

charged_twice as (
    select charges.tenant_id, charges.invoice_id, min(lines.billing_id) as billing_id, max(charges.charged_twice_credits) as credits
    from {{ ref('int_invoice_double_charges') }} as charges
    inner join {{ ref('int_invoice_lines') }} as lines
        on charges.tenant_id = lines.tenant_id
        and charges.invoice_id = lines.invoice_id
    where charges.charged_twice_credits > 0 and lines.document_id = charges.invoice_id
    group by charges.tenant_id, charges.invoice_id
),

tag_keys as (
    select tenant_id, count(distinct tag_key) as keys
    from {{ ref('int_tag_daily') }}
    group by tenant_id
    having count(distinct tag_key) > {{ var('most_tag_keys') }}
),

found as (
    select
        tenant_id,
        'unknown_currency' as kind,
        billing_id,
        'currency ' || currency || ' is none of ISO 4217' as detail
    from billing
    where currency not in {{ known }}
        and not exists (
            select 1
            from tenants
            where tenants.tenant_id = billing.tenant_id and tenants.currency = billing.currency
        )
    union all
    select
        tenant_id,
        'grant_expired_on_arrival' as kind,
        billing_id,
        cast(credits as varchar) || ' credits granted on ' || cast(entry_date as varchar)
            || ' expired at once, their last day being ' || cast(expires_on as varchar) as detail
    from billing
    where granted > 0 and expires_on < entry_date
    union all
    select
        tenant_id,
        'refund_above_granted' as kind,
        billing_id,
        'refunds of ' || cast(taken_back_until_then as varchar) || ' credits exceed the '
            || cast(granted_until_then as varchar) || ' ever granted' as detail
    from billing
    where taken_back > 0 and taken_back_until_then > granted_until_then
    union all
    select
        tenant_id,
        'refund_above_paid' as kind,
        billing_id,
        'refunds of ' || cast(paid_back_until_then as varchar) || ' ' || currency || ' exceed the '
            || cast(paid_until_then as varchar) || ' ever paid' as detail
    from billing
    where paid_back > 0 and paid_back_until_then > paid_until_then
    union all
    select
        tenant_id,
        'no_exchange_rate' as kind,
        billing_id,
        'directory/fx_rates.csv has no rate of ' || currency || ' on ' || cast(entry_date as varchar)
            || ', so that the margin is unknown' as detail
    from without_rate
    where place = 1
    union all
    select
        tenant_id,
        'charged_twice' as kind,
        billing_id,
        'invoice ' || invoice_id || ' bills ' || cast(credits as varchar)
            || ' credits of usage that credits bought before had paid for' as detail
    from charged_twice
),

findings as (
    select
        found.tenant_id,
        found.kind,
        'billing' as source,
        found.billing_id as row_id,
        lines.file,
        lines.line,
        found.detail
    from found
    inner join lines
        on found.tenant_id = lines.tenant_id
        and found.billing_id = lines.billing_id
    union all
    select
        tenant_id,
        'unknown_currency' as kind,
        'directory' as source,
        tenant_id as row_id,
        'directory/tenants.csv' as file,
        cast(null as bigint) as line,
        'currency ' || currency || ' is none of ISO 4217' as detail
    from tenants
    where currency not in {{ known }}
    union all
    select
        tenant_id,
        'budget_for_nobody' as kind,
        'directory' as source,
        scope || ' ' || scope_id as row_id,
        'directory/budgets.csv' as file,
        cast(null as bigint) as line,
        'neither directory nor usage names the ' || scope || ' ' || scope_id as detail
    from budgets
    union all
    select
        tenant_id,
        'tag_keys_left_out' as kind,
        'usage' as source,
        tenant_id as row_id,
        'usage' as file,
        cast(null as bigint) as line,
        'mart_tag_daily has ' || '{{ var('most_tag_keys') }}' || ' of ' || cast(keys as varchar)
            || ' tag keys, those of most events' as detail
    from tag_keys
)

select * from findings
