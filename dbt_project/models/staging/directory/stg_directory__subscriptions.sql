with source as (
    select * from {{ source('lake', 'directory_subscriptions') }}
),

renamed as (
    select
        email,
        scope,
        tenant_id,
        cadence,
        attach
    from source
),

named as (
    {{ with_pseudonymous_addresses('renamed', 'email') | indent(4) }}
)

select * from named
