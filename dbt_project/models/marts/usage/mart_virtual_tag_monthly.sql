{{ config(materialized='tallybook_table', meta={'closed_by': 'month'}) }}
{%- set dividing = var('virtual_tags') | selectattr('shared') | list %}

with daily as (
    select tenant_id, {{ month_name('usage_date') }} as month, tag_key, tag_value, credits
    from {{ ref('mart_virtual_tag_daily') }}
),

own as (
    select
        tenant_id,
        month,
        tag_key,
        tag_value,
        cast(sum(credits) as decimal(38, 6)) as credits,
        {%- for tag in dividing %}
        {{ 'case' if loop.first }}
            when tag_key = {{ text_of(tag.key) }} and tag_value in {{ texts_of(tag.shared) }} then true
        {{ 'else false end' if loop.last }}
        {%- else %}
        false
        {%- endfor %} as is_shared
    from daily
    group by tenant_id, month, tag_key, tag_value
),

pools as (
    select tenant_id, month, tag_key, cast(sum(credits) as decimal(38, 6)) as credits
    from own
    where is_shared
    group by tenant_id, month, tag_key
),

-- Who gets a part, and what it is measured by: fixed shares, else their own credits.
targets as (
    select tenant_id, month, tag_key, tag_value, credits as weight
    from own
    where not is_shared and credits > 0
        {%- for tag in dividing if tag.shares %}
        and tag_key <> {{ text_of(tag.key) }}
        {%- endfor %}
    {%- for tag in dividing %}
    {%- for value, share in tag.shares.items() %}
    union all
    select tenant_id, month, tag_key, {{ text_of(value) }}, cast({{ share }} as decimal(38, 6))
    from pools
    where tag_key = {{ text_of(tag.key) }}
    {%- endfor %}
    {%- endfor %}
),

weighed as (
    select
        targets.tenant_id,
        targets.month,
        targets.tag_key,
        targets.tag_value,
        targets.weight,
        pools.credits as pool,
        cast(sum(targets.weight) over (
            partition by targets.tenant_id, targets.month, targets.tag_key order by targets.tag_value
            rows between unbounded preceding and current row
        ) as decimal(38, 6)) as weight_to,
        cast(sum(targets.weight) over (
            partition by targets.tenant_id, targets.month, targets.tag_key
        ) as decimal(38, 6)) as weight_of_all
    from targets
    inner join pools
        on targets.tenant_id = pools.tenant_id
        and targets.month = pools.month
        and targets.tag_key = pools.tag_key
),

-- Each part ends where the next begins, so that together they are the whole to the last digit.
received as (
    select
        tenant_id,
        month,
        tag_key,
        tag_value,
        round({{ cut_share('pool', 'weight_to', 'weight_of_all') }}, 6)
        - round({{ cut_share('pool', '(weight_to - weight)', 'weight_of_all') }}, 6) as credits
    from weighed
),

divided as (
    select distinct tenant_id, month, tag_key from received
),

moves as (
    select tenant_id, month, tag_key, tag_value, credits as own_credits, 0 as given_credits, 0 as received_credits
    from own
    union all
    select own.tenant_id, own.month, own.tag_key, own.tag_value, 0, own.credits, 0
    from own
    inner join divided
        on own.tenant_id = divided.tenant_id
        and own.month = divided.month
        and own.tag_key = divided.tag_key
    where own.is_shared
    union all
    select tenant_id, month, tag_key, tag_value, 0, 0, credits
    from received
),

monthly as (
    select
        tenant_id,
        month,
        tag_key,
        tag_value,
        cast(sum(own_credits) as decimal(38, 6)) as own_credits,
        cast(sum(given_credits) as decimal(38, 6)) as given_credits,
        cast(sum(received_credits) as decimal(38, 6)) as received_credits,
        cast(sum(own_credits) - sum(given_credits) + sum(received_credits) as decimal(38, 6)) as credits
    from moves
    group by tenant_id, month, tag_key, tag_value
)

select * from monthly
