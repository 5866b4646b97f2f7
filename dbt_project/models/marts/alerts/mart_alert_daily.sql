with budget_daily as (
    select daily.*, status.scope_name, status.crossed_75_on, status.crossed_90_on, status.crossed_100_on
    from {{ ref('mart_budget_daily') }} as daily
    inner join {{ ref('mart_budget_status') }} as status
        on daily.tenant_id = status.tenant_id
        and daily.scope = status.scope
        and daily.scope_id = status.scope_id
        and daily.month = status.month
),

tenants as (
    select * from {{ ref('mart_tenant_daily') }}
),

names as (
    select * from {{ ref('dim_tenants') }}
),

items as (
    select daily.*, coalesce(names.item_name, daily.item_id) as item_name
    from {{ ref('mart_item_daily') }} as daily
    left join {{ ref('dim_items') }} as names
        on daily.tenant_id = names.tenant_id and daily.item_id = names.item_id
    where daily.is_runaway
),

balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

flows as (
    select * from {{ ref('mart_credit_flow_daily') }}
),

expiring as (
    select * from {{ ref('int_ledger_expiring_lots') }}
),

invoices as (
    select * from {{ ref('int_invoice_alerts') }}
),

alerts as (
    select
        tenant_id, usage_date,
        case usage_date when crossed_100_on then 'budget_100' when crossed_90_on then 'budget_90' else 'budget_75' end as kind,
        scope as subject_type, scope_id as subject_id, scope_name as subject_name, used as amount, budget as reference
    from budget_daily
    where usage_date in (crossed_100_on, crossed_90_on, crossed_75_on)
    union all
    select
        tenant_id, usage_date, case status when 'over' then 'budget_over' else 'budget_at_risk' end,
        scope, scope_id, scope_name, case status when 'over' then used else projected end, budget
    from budget_daily
    where status = 'at_risk' or usage_date > crossed_100_on
    union all
    select items.tenant_id, items.usage_date, 'runaway_item', 'item', item_id, item_name, items.credits, tenants.credits
    from items
    inner join tenants
        on items.tenant_id = tenants.tenant_id and items.usage_date = tenants.usage_date
    union all
    select tenant_id, usage_date, 'high_usage_day', 'tenant', tenant_id, null, credits, null from tenants where is_high_usage_day
    union all
    -- What is used on account is no overdraft that anybody has to act on.
    select tenant_id, usage_date, 'overdraft', 'pool', pool, pool, - closing, null
    from balance
    where closing < 0 and tenant_id not in (select names.tenant_id from names where names.billing_mode = 'postpaid')
    union all
    select tenant_id, usage_date, 'credits_expired', 'pool', pool, pool, expired, null from balance where expired > 0
    union all
    select tenant_id, noticed_on, 'credits_expiring', 'lot', lot_id, coalesce(description, pool), credits, granted
    from expiring
    union all
    select tenant_id, usage_date, 'auto_recharge', 'tenant', tenant_id, null, credits, null
    from flows where kind = 'auto_recharge' and direction = 'in'
    union all
    select tenant_id, usage_date, kind, 'invoice', invoice_id, invoice_id, amount, reference from invoices
    {%- for name in ['unrated', 'uncosted'] %}
    union all
    select tenant_id, usage_date, '{{ name }}_requests', 'tenant', tenant_id, null, {{ name }}_requests, requests
    from tenants
    where {{ name }}_requests > 0
    {%- endfor %}
),

graded as (
    select
        alerts.tenant_id,
        alerts.usage_date,
        alerts.kind,
        case
            when alerts.kind in ('budget_100', 'budget_over', 'overdraft') or items.runaway_severity = 'critical' then 'critical'
            when alerts.kind in ('budget_90', 'budget_at_risk', 'runaway_item', 'high_usage_day', 'credits_expiring') then 'warning'
            when subject_type = 'invoice' then 'warning'
            else 'notice'
        end as severity,
        subject_type,
        subject_id,
        coalesce(subject_name, names.tenant_name) as subject_name,
        cast(alerts.amount as decimal(38, 6)) as amount,
        cast(alerts.reference as decimal(38, 6)) as reference,
        items.runaway_excess as excess,
        invoices.currency
    from alerts
    inner join names on alerts.tenant_id = names.tenant_id
    left join items
        on alerts.kind = 'runaway_item' and alerts.tenant_id = items.tenant_id and subject_id = items.item_id
        and alerts.usage_date = items.usage_date
    left join invoices
        on alerts.kind = invoices.kind and alerts.tenant_id = invoices.tenant_id and subject_id = invoices.invoice_id
)

select * from graded
