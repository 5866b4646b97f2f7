with journal as (
    select * from {{ source('audit', 'month_closings') }}
),

entries as (
    select
        entry_no,
        action,
        month,
        last_landing_date,
        by_name,
        note,
        accepted
    from journal
)

select * from entries
