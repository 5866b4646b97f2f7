with directory as (
    select * from {{ ref('stg_directory__models') }}
),

named as (
    select distinct model_id
    from {{ ref('int_model_daily') }}
    where model_id <> '(none)'
    union
    select demand_id as model_id
    from {{ ref('int_spend_adjustments') }}
    where kind = 'usage' and demand_id <> '(none)'
),

models as (
    select
        model_id,
        model_name,
        provider,
        family,
        false as is_inferred
    from directory
    union all
    select
        named.model_id,
        named.model_id as model_name,
        null as provider,
        null as family,
        true as is_inferred
    from named
    left join directory
        on named.model_id = directory.model_id
    where directory.model_id is null
)

select * from models
