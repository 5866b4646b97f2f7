with journal as (
    select * from {{ source('audit', 'month_closings') }}
),

ranked as (
    select
        *,
        row_number() over (partition by month order by entry_no desc) as place
    from journal
),

closed as (
    select
        month,
        cast(month || '-01' as date) as first_date,
        cast({{ last_of_month("cast(month || '-01' as date)") }} as date) as last_date,
        last_landing_date
    from ranked
    where place = 1 and action = 'close'
)

select * from closed
