{{ config(materialized='tallybook_table') }}
{%- set figures = ['granted', 'spent', 'withdrawn', 'expired'] %}

with moves as (
    select * from {{ ref('int_ledger_pool_movements') }}
),

usage as (
    select * from {{ ref('mart_tenant_daily') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

jobs as (
    select * from {{ ref('mart_job_daily') }}
),

adjustments as (
    select * from {{ ref('mart_closing_adjustments') }}
),

as_of as (
    select * from {{ ref('int_tenant_as_of') }}
),

firsts as (
    select tenant_id, min(first_date) as first_date
    from (
        select tenant_id, min(usage_date) as first_date from usage group by tenant_id
        union all
        select tenant_id, min(entry_date) as first_date from billing group by tenant_id
        union all
        select tenant_id, min(usage_date) as first_date from jobs group by tenant_id
        union all
        select tenant_id, min(posted_on) as first_date from adjustments group by tenant_id
    ) as kinds
    group by tenant_id
),

spine as (
    select firsts.tenant_id, {{ dates_between('firsts.first_date', 'as_of.as_of_date') }} as usage_date
    from firsts
    inner join as_of
        on firsts.tenant_id = as_of.tenant_id
),

pools as (
    select 'plan' as pool union all select 'promo' union all select 'topup' union all select 'overdraft'
),

moved as (
    select
        tenant_id,
        usage_date,
        pool,
        {%- for figure in figures %}
        coalesce(sum(credits) filter (where figure = '{{ figure }}'), 0) as {{ figure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from moves
    group by tenant_id, usage_date, pool
),

balanced as (
    select
        spine.tenant_id,
        spine.usage_date,
        pools.pool,
        {%- for figure in figures %}
        coalesce(moved.{{ figure }}, 0) as {{ figure }},
        {%- endfor %}
        sum(coalesce(moved.granted - moved.spent - moved.withdrawn - moved.expired, 0)) over (
            partition by spine.tenant_id, pools.pool
            order by spine.usage_date
            rows between unbounded preceding and current row
        ) as closing
    from spine
    cross join pools
    left join moved
        on spine.tenant_id = moved.tenant_id
        and spine.usage_date = moved.usage_date
        and pools.pool = moved.pool
),

balance as (
    select
        tenant_id,
        usage_date,
        pool,
        cast(closing - granted + spent + withdrawn + expired as decimal(38, 6)) as opening,
        {%- for figure in figures %}
        cast({{ figure }} as decimal(38, 6)) as {{ figure }},
        {%- endfor %}
        cast(closing as decimal(38, 6)) as closing
    from balanced
)

select * from balance
