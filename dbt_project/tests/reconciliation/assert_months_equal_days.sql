-- Where the marts of months do not hold what those of their days hold, or a change of credits is not what its causes make.
with days as (
    select tenant_id, {{ month_name('usage_date') }} as month, model_id, requests + runs + calls as activity, credits
    from {{ ref('mart_model_daily') }}
),

drivers as (
    select * from {{ ref('mart_credit_drivers_monthly') }}
),

latencies as (
    select * from {{ ref('mart_latency_monthly') }}
),

users as (
    select tenant_id, {{ month_name('usage_date') }} as month, user_id, requests, credits
    from {{ ref('mart_user_daily') }}
    where user_id <> '(none)'
),

efficiency as (
    select * from {{ ref('mart_user_efficiency_monthly') }}
),

used as (
    select tenant_id, month, sum(activity) as activity, sum(credits) as credits
    from days
    group by tenant_id, month
),

driven as (
    select tenant_id, month, sum(activity) as activity, sum(credits) as credits
    from drivers
    group by tenant_id, month
),

of_users as (
    select tenant_id, month, user_id, sum(credits) as credits
    from users
    group by tenant_id, month, user_id
    having sum(requests) > 0
),

faults as (
    select tenant_id, month, 'the causes do not make the change' as fault
    from drivers
    where volume + mix + price <> credits - credits_before
    union all
    select driven.tenant_id, driven.month, 'the drivers are not the month of the models'
    from driven
    inner join used
        on driven.tenant_id = used.tenant_id
        and driven.month = used.month
    where driven.activity <> used.activity or driven.credits <> used.credits
    union all
    select tenant_id, month, 'the answers of a breakdown are not all answers'
    from latencies
    where breakdown <> 'user'
    group by tenant_id, month
    having count(distinct breakdown) <> 4 or sum(answers) <> 4 * sum(case when breakdown = 'all' then answers else 0 end)
    union all
    select of_users.tenant_id, of_users.month, 'the efficiency is not the month of the users'
    from of_users
    left join efficiency
        on of_users.tenant_id = efficiency.tenant_id
        and of_users.month = efficiency.month
        and of_users.user_id = efficiency.user_id
    where efficiency.credits is distinct from of_users.credits
)

select * from faults
