{{ config(materialized='tallybook_table', meta={'closed_by': 'starts_on', 'ends_as_of': true}) }}
{%- set kept = kept_of_this() %}

with months as (
    select * from {{ ref('int_billing_months') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

reach as (
    select distinct tenant_id, first_date, as_of_date, basis from months
),

grants as (
    select distinct billing.tenant_id, billing.period_start, billing.period_end
    from billing
    inner join reach
        on billing.tenant_id = reach.tenant_id
        and billing.period_end > reach.first_date
    where billing.kind = 'plan_grant' and billing.period_start is not null and billing.period_end is not null
),

-- Periods that were running as the last closed month ended go on; else one begins with the first open date.
running as (
    {%- if kept %}
    select tenant_id
    from {{ kept.include(database=false) }}
    where {{ is_closed('starts_on') }}
    group by tenant_id
    having max(runs_to) > {{ first_open_date() }}
    {%- else %}
    select tenant_id from reach
    {%- endif %}
),

edges as (
    select tenant_id, starts_on as edge, starts_on as month_start, false as is_cut from months
    union all
    select tenant_id, period_start as edge, null as month_start, false as is_cut from grants
    union all
    select tenant_id, period_end as edge, null as month_start, false as is_cut from grants
    union all
    select tenant_id, {{ first_open_date() }} as edge, null as month_start, true as is_cut
    from reach
    where tenant_id not in (select tenant_id from running)
),

stretches as (
    select
        tenant_id,
        edge as from_date,
        lead(edge) over (partition by tenant_id order by edge) as to_date,
        max(max(month_start)) over (partition by tenant_id order by edge) as month_start,
        max(cast(is_cut as integer)) = 1 as is_cut
    from edges
    group by tenant_id, edge
),

-- Of grants that cover the same date, the one that began last, then the shortest.
covered as (
    select
        stretches.*,
        coalesce(grants.period_start, stretches.month_start) as owner_from,
        coalesce(grants.period_end, stretches.month_start) as owner_to,
        row_number() over (
            partition by stretches.tenant_id, stretches.from_date order by grants.period_start desc, grants.period_end
        ) as place
    from stretches
    left join grants
        on stretches.tenant_id = grants.tenant_id
        and stretches.from_date >= grants.period_start
        and stretches.from_date < grants.period_end
    where stretches.to_date is not null
),

marked as (
    select
        *,
        is_cut
        or coalesce(owner_from <> lag(owner_from) over (partition by tenant_id order by from_date), true)
        or coalesce(owner_to <> lag(owner_to) over (partition by tenant_id order by from_date), true) as is_start
    from covered
    where place = 1
),

numbered as (
    select
        *,
        sum(case when is_start then 1 else 0 end) over (partition by tenant_id order by from_date) as period_no
    from marked
),

periods as (
    select
        numbered.tenant_id,
        min(numbered.from_date) as starts_on,
        max(numbered.to_date) as runs_to,
        case when max(numbered.owner_to) > max(numbered.owner_from) then 'plan_grant' else reach.basis end as basis
    from numbered
    inner join reach
        on numbered.tenant_id = reach.tenant_id
    group by numbered.tenant_id, numbered.period_no, reach.basis, reach.first_date, reach.as_of_date
    having max(numbered.to_date) > reach.first_date and min(numbered.from_date) <= reach.as_of_date
)

select * from periods
