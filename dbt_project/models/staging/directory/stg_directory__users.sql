with source as (
    select * from {{ source('lake', 'directory_users') }}
),

renamed as (
    select
        tenant_id,
        user_id,
        user_name,
        email,
        team_id,
        role,
        signed_up_at
    from source
),

named as (
    {{ with_pseudonyms('renamed', 'user_id') | indent(4) }}
),

-- A pseudonym is all that is told of a person.
shown as (
    select
        tenant_id,
        user_id,
        {{ 'user_id' if are_pseudonyms_wanted() else 'user_name' }} as user_name,
        {{ 'cast(null as varchar)' if are_pseudonyms_wanted() else 'email' }} as email,
        team_id,
        role,
        signed_up_at
    from named
)

select * from shown
