with users as (
    select * from {{ ref('mart_user_daily') }} where user_id <> '(none)'
),

used as (
    select
        tenant_id,
        {{ month_name('usage_date') }} as month,
        user_id,
        cast(sum(requests) as bigint) as requests,
        cast(sum(requests - errors) as bigint) as successes,
        sum(credits) as credits
    from users
    group by tenant_id, {{ month_name('usage_date') }}, user_id
),

judged as (
    select
        *,
        successes >= {{ var('efficiency_min_successes') }} as is_judged,
        {{ per_unit('credits', 'successes') }} as credits_per_success
    from used
    where requests > 0
),

means as (
    select tenant_id, month, sum(credits) as credits, cast(sum(successes) as bigint) as successes
    from judged
    where is_judged
    group by tenant_id, month
),

efficiency as (
    select
        judged.tenant_id,
        judged.month,
        judged.user_id,
        judged.requests,
        judged.successes,
        {{ ratio('judged.successes', 'judged.requests') }} as success_rate,
        judged.credits,
        judged.credits_per_success,
        judged.is_judged,
        case when judged.is_judged then {{ per_unit('means.credits', 'means.successes') }} end as mean_credits_per_success
    from judged
    left join means
        on judged.tenant_id = means.tenant_id
        and judged.month = means.month
),

compared as (
    select
        *,
        case when is_judged then {{ ratio('credits_per_success', 'mean_credits_per_success') }} end as compared_with_mean
    from efficiency
)

select * from compared
