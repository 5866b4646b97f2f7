{{ config(materialized='tallybook_table') }}

with daily as (
    select * from {{ ref('int_budget_usage') }}
),

{{ expected_use('tenant_id, scope, scope_id') }}

select * from forecast
