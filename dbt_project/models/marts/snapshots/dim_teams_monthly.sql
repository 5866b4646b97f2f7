{{ config(meta={'closed_by': 'month', 'ends_as_of': false}) }}

with teams as (
    select * from {{ ref('dim_teams') }}
),

months as (
    select * from {{ ref('int_balance_months') }}
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
