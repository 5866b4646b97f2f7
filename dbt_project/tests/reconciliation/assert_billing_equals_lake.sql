-- Tenants whose billing is not what the lake holds: in open dates up to the as-of date as entered, of closed months as what is
-- booked and what was posted since.
with dated as (
    select
        dated.*,
        booked.billing_id is not null as is_booked,
        dated.entry_date <= as_of.as_of_date as is_shown
    from {{ ref('int_billing_dated') }} as dated
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on dated.tenant_id = as_of.tenant_id
    left join (select distinct tenant_id, billing_id from {{ ref('int_billing_booked') }}) as booked
        on dated.tenant_id = booked.tenant_id
        and dated.billing_id = booked.billing_id
),

open_in_lake as (
    select tenant_id, count(*) as events, sum(credits) as credits, sum(amount) as amount
    from dated
    where is_shown and not is_booked and not {{ is_closed('entry_date') }}
    group by tenant_id
),

entered as (
    select tenant_id, count(*) as events, sum(credits) as credits, sum(amount) as amount
    from {{ ref('int_ledger_billing') }}
    where adjusted_month = '(none)' and not {{ is_closed('entry_date') }}
    group by tenant_id
),

closed_in_lake as (
    select tenant_id, sum(credits) as credits, sum(amount) as amount
    from dated
    where is_booked or {{ is_closed('entry_date') }}
    group by tenant_id
),

booked as (
    select tenant_id, sum(credits) as credits, sum(amount) as amount
    from (
        select tenant_id, credits, amount from {{ ref('int_billing_booked') }}
        union all
        select tenant_id, credits, amount
        from {{ ref('int_billing_adjustments') }}
        where not {{ is_closed('posted_on') }}
    ) as both_kinds
    group by tenant_id
)

{{ differing_totals('open_in_lake', 'entered', 'int_ledger_billing', ['events', 'credits', 'amount']) }}
union all
{{ differing_totals('closed_in_lake', 'booked', 'int_billing_adjustments', ['credits', 'amount']) }}
