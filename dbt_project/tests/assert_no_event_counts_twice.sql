-- Events that are in the lake more than once: in a full build anywhere, else on the dates that this run's loads touched.
with changes as (
    select distinct cast(event_hour as date) as event_date
    from {{ source('lake', 'changes') }}
    where load_id > {{ 0 if is_full_build() else var('built_load_id') | int }}
),

events as (
    select source, tenant_id, event_id
    from {{ ref('int_usage_events_unioned') }}
    {%- if not is_full_build() %}
    where event_date in (select event_date from changes)
    {%- endif %}
)

select source, tenant_id, event_id, count(*) as times
from events
group by source, tenant_id, event_id
having count(*) > 1
