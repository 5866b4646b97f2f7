with tiers as (
    select * from {{ ref('int_model_tiers') }}
),

rates as (
    select
        timezone,
        model_id,
        first_date,
        case when next_first_date < date '9999-12-31' then cast(next_first_date - interval 1 day as date) end as last_date,
        tier,
        case when tier <> 'unrated' then cast(credits_per_request as decimal(38, 6)) end as credits_per_request,
        cast(credits_per_1k_input as decimal(38, 6)) as credits_per_1k_input,
        cast(credits_per_1k_output as decimal(38, 6)) as credits_per_1k_output
    from tiers
)

select * from rates
