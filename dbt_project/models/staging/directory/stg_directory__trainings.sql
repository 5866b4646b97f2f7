with source as (
    select * from {{ source('lake', 'directory_trainings') }}
),

renamed as (
    select
        tenant_id,
        user_id,
        training_id,
        training_name,
        completed_at
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'user_id') | indent(4) }}
)

select * from named
