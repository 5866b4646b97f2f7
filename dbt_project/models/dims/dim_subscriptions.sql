with subscriptions as (
    select * from {{ ref('stg_directory__subscriptions') }}
),

wanted as (
    select
        email,
        scope,
        case when scope = 'tenant' then coalesce(tenant_id, '(none)') else '(none)' end as tenant_id,
        cadence
    from subscriptions
)

select distinct * from wanted
