{{ config(materialized='ephemeral') }}
{%- set built_load_id = 0 if is_full_build() else var('built_load_id') | int %}

with offsets as (
    select * from {{ source('lake', 'zone_offsets') }}
),

before as (
    select timezone, utc_from, utc_to, offset_seconds * interval '1' second as utc_offset
    from offsets
    where since_load_id <= {{ built_load_id }}
        and until_load_id > {{ built_load_id }}
)

select * from before
