with subscriptions as (
    select * from {{ ref('stg_directory__subscriptions') }}
),

wanted as (
    select
        email,
        scope,
        case when scope = 'tenant' then coalesce(tenant_id, '(none)') else '(none)' end as tenant_id,
        cadence,
        attach
    from subscriptions
),

once as (
    select email, scope, tenant_id, cadence, max(attach) as attach
    from wanted
    group by email, scope, tenant_id, cadence
)

select * from once
