with starts as (
    select * from {{ ref('int_billing_period_starts') }}
),

-- What ended in a closed month ended when it did; a running period ends where the next begins.
periods as (
    select
        tenant_id,
        starts_on as period_start,
        case
            when runs_to <= {{ first_open_date() }} then runs_to
            else coalesce(lead(starts_on) over (partition by tenant_id order by starts_on), runs_to)
        end as period_end,
        basis
    from starts
)

select * from periods
