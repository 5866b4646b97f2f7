with source as (
    select * from {{ source('lake', 'directory_budgets') }}
),

renamed as (
    select
        tenant_id,
        scope,
        case when scope = 'tenant' then tenant_id else scope_id end as scope_id,
        month,
        credits
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'scope_id', only="given.scope = 'user'") | indent(4) }}
)

select * from named
