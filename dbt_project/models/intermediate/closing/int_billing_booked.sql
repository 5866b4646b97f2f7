{{ config(materialized='ephemeral') }}
{%- set kept_billing = source('closing', 'int_ledger_billing') %}
{%- set kept_adjustments = source('closing', 'int_billing_adjustments') %}
{#- By name: a column that came after a month had been closed is unknown in what was kept of it. -#}
{%- set no_rows = 'select * from ' ~ ref('int_billing_dated') ~ ' where false' %}

with booked as (
    {%- if closed_to() %}
    select tenant_id, {{ month_name('entry_date') }} as month, {{ billing_columns() }}
    from ({{ union_by_name('select * from ' ~ kept_billing, no_rows) }}) as kept
    where {{ is_closed('entry_date') }} and adjusted_month = '(none)'
    union all
    select tenant_id, month, {{ billing_columns() }}
    from ({{ union_by_name('select * from ' ~ kept_adjustments, no_rows) }}) as kept
    where {{ is_closed('posted_on') }}
    {%- else %}
    select tenant_id, {{ month_name('entry_date') }} as month, {{ billing_columns() }}
    from {{ ref('int_billing_dated') }}
    where false
    {%- endif %}
)

select * from booked
