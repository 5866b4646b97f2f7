{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with teams as (
    select * from {{ ref('dim_teams') }}
),

balances as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

months as (
    select distinct {{ month_name('usage_date') }} as month
    from balances
),

monthly as (
    select
        months.month,
        teams.tenant_id,
        teams.team_id,
        teams.team_name,
        teams.department
    from months
    cross join teams
)

select * from monthly
