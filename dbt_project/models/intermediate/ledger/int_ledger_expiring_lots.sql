{#- How many days before a lot expires its rest is worth a word. -#}
{%- set notice_days = 7 %}

with lots as (
    select
        *,
        greatest(granted_on, {{ date_minus('expires_on', notice_days) }}) as noticed_on
    from {{ ref('int_ledger_lots') }}
    where expires_on is not null and expires_on >= granted_on
),

draws as (
    select * from {{ ref('int_ledger_lot_consumption') }}
),

settlements as (
    select * from {{ ref('int_ledger_overdraft_settlements') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

used as (
    select tenant_id, lot_id, usage_date, credits from draws
    union all
    select tenant_id, lot_id, settled_on as usage_date, credits from settlements
),

used_by_notice as (
    select lots.tenant_id, lots.lot_id, sum(used.credits) as credits
    from lots
    inner join used
        on lots.tenant_id = used.tenant_id
        and lots.lot_id = used.lot_id
        and used.usage_date <= lots.noticed_on
    group by lots.tenant_id, lots.lot_id
),

expiring as (
    select
        lots.tenant_id,
        lots.lot_id,
        lots.pool,
        lots.description,
        lots.noticed_on,
        lots.expires_on,
        cast(lots.credits as decimal(38, 6)) as granted,
        cast(lots.credits - coalesce(used_by_notice.credits, 0) as decimal(38, 6)) as credits
    from lots
    inner join as_of
        on lots.tenant_id = as_of.tenant_id
        and lots.noticed_on <= as_of.as_of_date
    left join used_by_notice
        on lots.tenant_id = used_by_notice.tenant_id
        and lots.lot_id = used_by_notice.lot_id
    where lots.credits > coalesce(used_by_notice.credits, 0)
)

select * from expiring
