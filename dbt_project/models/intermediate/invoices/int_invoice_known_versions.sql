{{ config(materialized='tallybook_table') }}

with invoices as (
    select * from {{ ref('int_invoices') }}
),

superseded as (
    select * from {{ ref('int_usage_events_superseded') }}
),

ranked as (
    select
        invoices.invoice_id,
        invoices.known_by,
        superseded.*,
        row_number() over (
            partition by invoices.tenant_id, invoices.invoice_id, superseded.source, superseded.event_id
            order by superseded.revision desc, superseded.landing_date, superseded.file, superseded.line_no
        ) as place
    from invoices
    inner join superseded
        on invoices.tenant_id = superseded.tenant_id
        and superseded.landing_date <= invoices.known_by
),

known as (
    select *
    from ranked
    where place = 1
)

select * from known
