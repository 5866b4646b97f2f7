-- Where the statement is not the ledger: movements by date and pool, the balance after a date's last line, the numbering,
-- a spend with more than one line per date, pool and model or job, money per currency against the billing events.
{%- set figures = {'grant': 'granted', 'spend': 'spent', 'withdrawal': 'withdrawn', 'expiry': 'expired'} %}

with statement as (
    select * from {{ ref('mart_credit_statement') }}
),

balance as (
    select * from {{ ref('mart_credit_balance_daily') }}
),

billing as (
    select * from {{ ref('int_ledger_billing') }}
),

ledger_moves as (
    {%- for entry_type, figure in figures.items() %}
    {{ 'union all' if not loop.first }}
    select
        tenant_id, usage_date, pool, '{{ entry_type }}' as entry_type,
        {{ '' if entry_type == 'grant' else '-' }}{{ figure }} as credits, 0 as shown
    from balance
    {%- endfor %}
),

moves as (
    select * from ledger_moves
    union all
    select tenant_id, entry_date, pool, entry_type, 0, credits
    from statement
    where entry_type not in ('invoice', 'payment')
),

dates as (
    select tenant_id, usage_date, sum(closing) as closing
    from balance
    group by tenant_id, usage_date
),

lasts as (
    select tenant_id, entry_date, balance_after, entry_no, row_number() over in_order as place
    from statement
    window in_order as (partition by tenant_id, entry_date order by entry_no desc)
),

money as (
    select tenant_id, currency, amount, 0 as shown from billing
    union all
    select tenant_id, currency, 0, amount from statement
),

compared as (
    select entry_type || ' of ' || pool as what, tenant_id, cast(usage_date as varchar) as which,
        sum(credits) as expected, sum(shown) as found
    from moves
    group by entry_type, pool, tenant_id, usage_date
    union all
    select 'balance after', lasts.tenant_id, cast(lasts.entry_date as varchar), coalesce(dates.closing, 0),
        lasts.balance_after
    from lasts
    left join dates
        on lasts.tenant_id = dates.tenant_id
        and lasts.entry_date = dates.usage_date
    where lasts.place = 1
    union all
    select 'numbering', tenant_id, 'all lines', count(*), max(entry_no) from statement group by tenant_id
    union all
    select 'lines of ' || model_id || job_id || adjusted_month || ' from ' || pool, tenant_id, cast(entry_date as varchar), 1, count(*)
    from statement
    where entry_type = 'spend'
    group by tenant_id, entry_date, pool, model_id, job_id, adjusted_month
    union all
    select 'money', tenant_id, currency, coalesce(sum(amount), 0), coalesce(sum(shown), 0)
    from money
    where currency is not null
    group by tenant_id, currency
)

select * from compared
where expected <> found
