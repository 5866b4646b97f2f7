-- Sources whose lake does not hold as many rows as the audit says were accepted. Rows held back take no part.
with audited as (
    select source, sum(accepted) as accepted
    from {{ source('audit', 'load_audit') }}
    where not held_back
    group by source
),

stored as (
    {%- for name in ['usage_events', 'billing_events', 'job_runs', 'litellm_requests'] %}
    {{ 'union all' if not loop.first }}
    select source, count(*) as lake_rows from {{ source('lake', name) }} group by source
    {%- endfor %}
)

select
    coalesce(audited.source, stored.source) as source,
    coalesce(audited.accepted, 0) as accepted,
    coalesce(stored.lake_rows, 0) as lake_rows
from audited
full join stored
    on audited.source = stored.source
where coalesce(audited.accepted, 0) <> coalesce(stored.lake_rows, 0)
