with as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

changed as (
    select
        tenant_id,
        min(usage_date) as first_changed_on
    from {{ ref('int_parts_to_build') }}
    where not is_late
    group by tenant_id
),

-- Events that were withdrawn may have been the last that named a tenant.
tenants as (
    select
        coalesce(as_of.tenant_id, changed.tenant_id) as tenant_id,
        as_of.as_of_date,
        changed.first_changed_on
    from as_of
    full outer join changed
        on as_of.tenant_id = changed.tenant_id
)

select * from tenants
