{{ config(materialized='ephemeral') }}

with months as (
    select * from {{ ref('int_budget_months') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

-- Of the rest a back-test would take ever longer, and say ever less about the projections of today.
judged as (
    select
        months.tenant_id,
        months.scope,
        months.scope_id,
        {{ month_name('months.month_start') }} as month,
        months.month_start,
        months.month_end
    from months
    inner join as_of
        on months.tenant_id = as_of.tenant_id
    where months.last_date = months.month_end
        and months.month_start >= cast(
            date_trunc('month', as_of.as_of_date) - interval '{{ var('backtest_months') }}' month as date
        )
)

select * from judged
