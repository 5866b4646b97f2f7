with rules as (
    select * from {{ source('lake', 'zone_rules') }}
),

latest as (
    select max(load_id) as load_id from rules
),

in_force as (
    select rules.version as zone_rules_version, rules.kept_to as earlier_rules_kept_to
    from rules
    inner join latest
        on rules.load_id = latest.load_id
)

select * from in_force
