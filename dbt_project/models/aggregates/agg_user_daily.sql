with facts as (
    {{ rows_to_build(ref('fct_usage_daily')) }}
),

by_model as (
    select
        tenant_id,
        user_id,
        usage_date,
        model_id,
        {{ sum_measures() | indent(8) }}
    from facts
    group by tenant_id, user_id, usage_date, model_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, user_id, usage_date
            order by case when model_id = '(none)' then 1 else 0 end, credits desc, requests desc, model_id
        ) as place
    from by_model
),

daily as (
    select
        tenant_id,
        user_id,
        usage_date,
        {{ sum_measures() | indent(8) }},
        max(model_id) filter (where place = 1) as top_model_id
    from ranked
    group by tenant_id, user_id, usage_date
)

select * from daily
