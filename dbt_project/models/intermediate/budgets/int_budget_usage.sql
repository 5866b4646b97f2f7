{{ config(materialized='table') }}
{#- Means are kept times 60: of 1 to 4 equal weekdays, or of fewer than 7 dates, they are exact then. -#}
{%- set grain = 'tenant_id, scope, scope_id' %}

with scopes as (
    select distinct tenant_id, scope, scope_id from {{ ref('int_budget_months') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

usage as (
    select tenant_id, 'tenant' as scope, tenant_id as scope_id, usage_date, credits from {{ ref('int_tenant_daily') }}
    union all
    select tenant_id, 'team' as scope, team_id as scope_id, usage_date, credits from {{ ref('int_team_daily') }}
    union all
    select tenant_id, 'user' as scope, user_id as scope_id, usage_date, credits from {{ ref('int_user_daily') }}
    union all
    select tenant_id, 'project' as scope, project_id as scope_id, usage_date, sum(credits) as credits
    from {{ ref('fct_usage_daily') }}
    group by tenant_id, project_id, usage_date
),

budgeted as (
    select usage.tenant_id, usage.scope, usage.scope_id, usage.usage_date, usage.credits, as_of.as_of_date
    from usage
    inner join scopes
        on usage.tenant_id = scopes.tenant_id
        and usage.scope = scopes.scope
        and usage.scope_id = scopes.scope_id
    inner join as_of
        on usage.tenant_id = as_of.tenant_id
        and usage.usage_date <= as_of.as_of_date
),

spine as (
    select {{ grain }}, {{ dates_between('min(usage_date)', 'min(as_of_date)') }} as usage_date
    from budgeted
    group by {{ grain }}
),

daily as (
    select
        spine.*,
        {{ days_between("date '1970-01-05'", 'spine.usage_date') }} % 7 as weekday,
        coalesce(budgeted.credits, 0) as credits
    from spine
    left join budgeted
        on spine.tenant_id = budgeted.tenant_id
        and spine.scope = budgeted.scope
        and spine.scope_id = budgeted.scope_id
        and spine.usage_date = budgeted.usage_date
),

rolled as (
    select
        *,
        sum(credits) over four_weekdays as weekday_sum,
        count(*) over four_weekdays as weekday_count,
        sum(credits) over four_weeks as window_sum,
        count(*) over four_weeks as window_count
    from daily
    window
        four_weekdays as (
            partition by {{ grain }}, weekday order by usage_date rows between 3 preceding and current row
        ),
        four_weeks as (partition by {{ grain }} order by usage_date rows between 27 preceding and current row)
),

sixtieths as (
    select
        {{ grain }},
        usage_date,
        credits,
        window_count,
        weekday_sum * cast(60 / weekday_count as integer) as weekday_mean60,
        case when window_count < 7 then window_sum * cast(60 / window_count as integer) end as window_mean60,
        power(cast(credits as double) - cast(weekday_sum as double) / weekday_count, 2) as square
    from rolled
),

forecast as (
    select
        {{ grain }},
        usage_date,
        cast(credits as decimal(38, 6)) as credits,
        -- What a day 7, 6, … 1 days from now is expected to use, times 60.
        {%- for days_ago in range(7) %}
        cast(coalesce(lag(weekday_mean60, {{ days_ago }}) over dates, window_mean60) as decimal(38, 6))
            as mean60_{{ days_ago }},
        {%- endfor %}
        sqrt(sum(square) over (
            partition by {{ grain }} order by usage_date rows between 27 preceding and current row
        ) / window_count) as spread
    from sixtieths
    window dates as (partition by {{ grain }} order by usage_date)
)

select * from forecast
