-- Tenants and keys of which the values, with what is untagged, do not add up to the tenant's days, and open dates that are not
-- there. Months that were closed before int_tag_daily was there are left out.
with known_days as (
    select tenant_id, usage_date from {{ ref('int_tag_daily') }} where tag_key is null
),

days as (
    select * from {{ ref('mart_tenant_daily') }} where requests + runs + calls > 0
),

expected as (
    select days.tenant_id, {{ sum_measures() | indent(4) }}
    from days
    inner join known_days
        on days.tenant_id = known_days.tenant_id
        and days.usage_date = known_days.usage_date
    group by days.tenant_id
),

by_key as (
    select tenant_id, tag_key, {{ sum_measures() | indent(4) }}
    from {{ ref('mart_tag_daily') }}
    group by tenant_id, tag_key
),

differing as (
    {%- for measure in measures() %}
    select
        by_key.tenant_id,
        by_key.tag_key,
        '{{ measure }}' as measure,
        cast(expected.{{ measure }} as decimal(38, 6)) as expected,
        cast(by_key.{{ measure }} as decimal(38, 6)) as found
    from by_key
    left join expected
        on by_key.tenant_id = expected.tenant_id
    where expected.{{ measure }} is null or expected.{{ measure }} <> by_key.{{ measure }}
    union all
    {%- endfor %}
    select days.tenant_id, cast(days.usage_date as {{ dbt.type_string() }}) as tag_key, 'date' as measure, 1 as expected, 0 as found
    from days
    left join known_days
        on days.tenant_id = known_days.tenant_id
        and days.usage_date = known_days.usage_date
    where known_days.tenant_id is null and not ({{ is_closed('days.usage_date') }})
)

select * from differing
