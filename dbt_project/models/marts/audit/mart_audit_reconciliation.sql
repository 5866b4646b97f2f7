{{ config(materialized='tallybook_table') }}
{%- set lake_tables = ['usage_events', 'billing_events', 'job_runs', 'litellm_requests'] %}
{%- set usage_marts = ['team', 'model', 'user', 'item', 'channel', 'project'] %}

with files as (
    select * from {{ source('audit', 'load_audit') }}
),

events as (
    select * from {{ ref('int_usage_events_unioned') }} where environment = 'live'
),

daily as (
    select * from {{ ref('fct_usage_daily') }}
),

shown as (
    select daily.*
    from daily
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date <= as_of.as_of_date
),

-- What came late for closed months is no part of them.
with_late as (
    select requests + runs + calls as events, total_tokens from daily union all
    select requests + runs + calls as events, total_tokens from {{ ref('int_usage_late') }}
),

spent as (
    select credits from {{ ref('mart_tenant_daily') }} union all select credits from {{ ref('mart_job_daily') }}
    union all
    select credits from {{ ref('mart_closing_adjustments') }} where kind <> 'billing' and credits > 0
),

balance as (
    select *, row_number() over (partition by tenant_id, pool order by usage_date desc) as place
    from {{ ref('mart_credit_balance_daily') }}
),

-- step: where on the way from the logs to the marts; both sides must be equal.
sums as (
    select 1 as step, 'rows read = accepted + duplicates + quarantined' as identity, source as part,
        sum(rows_read) as expected, sum(accepted + duplicates + quarantined) as found
    from files group by source
    union all
    select 2, 'rows quarantined = lines in quarantine', files.source, sum(files.quarantined), sum(coalesce(lines.line_count, 0))
    from files
    left join (select file, count(*) as line_count from {{ source('audit', 'quarantine') }} group by file) as lines
        on files.file = lines.file
    group by files.source
    union all
    select 3, 'rows accepted = rows of the lake', files.source,
        sum(case when files.held_back then 0 else files.accepted end), coalesce(max(lake.row_count), 0)
    from files
    left join (
        {%- for name in lake_tables %}
        {{ 'union all' if not loop.first }}
        select source, count(*) as row_count from {{ source('lake', name) }} group by source
        {%- endfor %}
    ) as lake
        on files.source = lake.source
    group by files.source
    union all
    select 4, 'live events = events of the daily facts', 'all',
        (select count(*) from events), (select coalesce(sum(events), 0) from with_late)
    union all
    select 4, 'tokens of live events = tokens of the daily facts', 'all',
        (select coalesce(sum(input_tokens + output_tokens), 0) from events), (select coalesce(sum(total_tokens), 0) from with_late)
    union all
    select 4, 'credits of the daily facts = credits of the hourly facts', 'all',
        (select coalesce(sum(credits), 0) from daily), (select coalesce(sum(credits), 0) from {{ ref('fct_usage_hourly') }})
    {%- for name in ['tenant'] + usage_marts %}
    union all
    select 5, 'credits of the facts to the as-of date = credits of the mart', '{{ name }}',
        (select coalesce(sum(credits), 0) from shown),
        (select coalesce(sum(credits), 0) from {{ ref('mart_' ~ name ~ '_daily') }})
    {%- endfor %}
    union all
    select 6, 'credits granted − spent − withdrawn − expired = closing balance', 'all',
        coalesce(sum(granted - spent - withdrawn - expired), 0), coalesce(sum(case when place = 1 then closing end), 0)
    from balance
    union all
    select 6, 'credits of usage and jobs = credits spent in the ledger', 'all',
        (select coalesce(sum(credits), 0) from spent), (select coalesce(sum(spent), 0) from balance)
),

reconciliation as (
    select
        step,
        identity,
        part,
        cast(expected as decimal(38, 6)) as expected,
        cast(found as decimal(38, 6)) as found,
        cast(expected - found as decimal(38, 6)) as difference
    from sums
)

select * from reconciliation
