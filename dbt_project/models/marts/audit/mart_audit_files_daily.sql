with files as (
    select * from {{ source('audit', 'load_audit') }}
),

unreadable as (
    select distinct file from {{ source('audit', 'quarantine') }} where reason = 'unreadable_file'
),

releases as (
    select landing_date from {{ source('audit', 'releases') }}
),

daily as (
    select
        files.source,
        files.landing_date,
        count(*) as files,
        count(unreadable.file) as unreadable_files,
        cast(sum(files.bytes) as bigint) as bytes,
        {%- for column in ['rows_read', 'accepted', 'duplicates', 'quarantined'] %}
        cast(sum(files.{{ column }}) as bigint) as {{ column }},
        {%- endfor %}
        bool_or(files.held_back) as held_back,
        bool_or(releases.landing_date is not null) as released
    from files
    left join unreadable
        on files.file = unreadable.file
    left join releases
        on files.landing_date = releases.landing_date
    group by files.source, files.landing_date
)

select * from daily
