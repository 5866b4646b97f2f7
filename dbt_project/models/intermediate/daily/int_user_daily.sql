with facts as (
    {{ rows_of_run(ref('int_usage_daily')) }}
),

daily as (
    select
        tenant_id,
        user_id,
        usage_date,
        {{ sum_measures() | indent(8) }}
    from facts
    group by tenant_id, user_id, usage_date
),

by_model as (
    select
        tenant_id,
        user_id,
        usage_date,
        model_id,
        sum(credits) as credits,
        sum(requests) as requests
    from facts
    group by tenant_id, user_id, usage_date, model_id
),

ranked as (
    select
        tenant_id,
        user_id,
        usage_date,
        model_id,
        row_number() over (
            partition by tenant_id, user_id, usage_date
            order by case when model_id = '(none)' then 1 else 0 end, credits desc, requests desc, model_id
        ) as place
    from by_model
),

joined as (
    select
        daily.*,
        ranked.model_id as top_model_id
    from daily
    inner join ranked
        on daily.tenant_id = ranked.tenant_id
        and daily.user_id = ranked.user_id
        and daily.usage_date = ranked.usage_date
    where ranked.place = 1
)

select * from joined
