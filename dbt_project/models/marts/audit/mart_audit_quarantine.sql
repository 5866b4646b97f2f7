{%- set shown = 3 %}

with quarantine as (
    select * from {{ source('audit', 'quarantine') }}
),

files as (
    select file, landing_date from {{ source('audit', 'load_audit') }}
),

placed as (
    select
        quarantine.source,
        quarantine.reason,
        quarantine.file,
        files.landing_date,
        quarantine.file || ', line ' || cast(quarantine.line as varchar) as place,
        row_number() over (
            partition by quarantine.source, quarantine.reason
            order by files.landing_date desc, quarantine.file, quarantine.line
        ) as number
    from quarantine
    inner join files
        on quarantine.file = files.file
),

reasons as (
    select
        source,
        reason,
        count(*) as quarantined,
        count(distinct file) as files,
        min(landing_date) as first_landing_date,
        max(landing_date) as last_landing_date,
        {%- for number in range(1, shown + 1) %}
        max(case when number = {{ number }} then place end) as example_{{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
    group by source, reason
)

select * from reasons
