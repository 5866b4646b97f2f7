with quarantine as (
    select * from {{ source('audit', 'quarantine') }}
),

files as (
    select file, landing_date from {{ source('audit', 'load_audit') }}
),

-- A row that was refused before its money was looked at carries what nobody knows.
told as (
    select source, reason, file, line, 'credits' as kind, '(none)' as currency, credits as amount
    from quarantine
    where credits <> 0
    union all
    select source, reason, file, line, 'cost' as kind, 'USD' as currency, cost_usd as amount
    from quarantine
    where cost_usd <> 0
    union all
    select source, reason, file, line, 'billing' as kind, currency, amount
    from quarantine
    where amount <> 0
    union all
    select source, reason, file, line, 'unknown' as kind, '(none)' as currency, null as amount
    from quarantine
    where coalesce(is_money_unknown, true)
),

refused as (
    select
        told.source,
        told.reason,
        told.file,
        told.kind,
        told.currency,
        files.landing_date,
        min(told.line) as first_line,
        count(*) as refused_rows,
        cast(sum(case when told.amount < 0 then 0 else told.amount end) as decimal(38, 6)) as amount,
        cast(sum(case when told.amount > 0 then 0 else told.amount end) as decimal(38, 6)) as below_zero
    from told
    inner join files
        on told.file = files.file
    group by told.source, told.reason, told.file, told.kind, told.currency, files.landing_date
)

select * from refused
