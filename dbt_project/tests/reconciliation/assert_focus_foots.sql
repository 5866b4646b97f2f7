-- Where the FOCUS rows are not what the ledger and the marts hold: money, credits and tokens, by lot, by date, in all.
-- Of what was paid for a lot, all is recognised (used, taken back or expired) or still deferred, to the last digit.
{%- set sides = [
    ("'paid for lot ' || lot_id", 'expected', 'paid', 'lots_left'),
    ("'paid for lot ' || lot_id", 'found', 'paid', 'charged_lots'),
    ("'recognised of lot ' || lot_id", 'expected', 'recognised', 'lots_left'),
    ("'recognised of lot ' || lot_id", 'found', 'recognised', 'charged_lots'),
    ("'deferred of lot ' || lot_id", 'expected', 'paid - recognised', 'lots_left'),
    ("'deferred of lot ' || lot_id", 'found', 'deferred', 'charged_lots'),
    ("'BilledCost'", 'expected', 'amount', 'billed'),
    ("'BilledCost'", 'found', 'BilledCost', 'sold'),
    ("'credits of ' || service || ' on ' || usage_date", 'expected', 'credits', 'spent'),
    ("'credits of ' || service || ' on ' || x_ChargeDate", 'found', 'PricingCurrencyEffectiveCost', 'used'),
    ("meter || ' of ' || model_id || ' on ' || usage_date", 'expected', 'tokens', 'metered'),
    ("SkuMeter || ' of ' || x_SourceId || ' on ' || x_ChargeDate", 'found', 'ConsumedQuantity', 'consumed'),
    ("'credits left'", 'expected', 'closing', 'balances'),
    ("'credits left'", 'found', 'x_Credits', 'charges'),
] %}

with charges as (
    select *, BillingAccountId as tenant_id, x_LotId as lot_id from {{ ref('mart_focus_cost_usage') }}
),

sold as (
    select * from charges where x_ChargeType in ('Grant', 'Withdrawal', 'Fee')
),

used as (
    select *, case when x_SourceKind = 'job' then 'jobs' else 'usage' end as service from charges where x_ChargeType = 'Usage'
),

charged_lots as (
    select
        tenant_id,
        lot_id,
        sum(case when x_ChargeType = 'Grant' then x_DeferredCost else 0 end) as paid,
        sum(case when x_ChargeType in ('Usage', 'Expiry') then EffectiveCost when x_ChargeType = 'Withdrawal' then -x_DeferredCost
            else 0 end) as recognised,
        sum(x_DeferredCost) as deferred
    from charges
    where lot_id is not null
    group by tenant_id, lot_id
),

gone as (
    select tenant_id, lot_id, sum(credits) as credits
    from (
        select tenant_id, lot_id, credits from {{ ref('int_ledger_lot_consumption') }}
        union all
        select tenant_id, lot_id, credits from {{ ref('int_ledger_overdraft_settlements') }}
        union all
        select tenant_id, lot_id, credits from {{ ref('int_ledger_lot_losses') }}
    ) as kinds
    group by tenant_id, lot_id
),

lots_left as (
    select
        lots.tenant_id,
        lots.lot_id,
        greatest(lots.amount, 0) as paid,
        {{ cut_share('greatest(lots.amount, 0)', 'coalesce(gone.credits, 0)', 'lots.credits') }} as recognised
    from {{ ref('int_ledger_lots') }} as lots
    left join gone
        on lots.tenant_id = gone.tenant_id
        and lots.lot_id = gone.lot_id
),

billed as (
    select tenant_id, amount from {{ ref('int_ledger_lots') }}
    union all
    select tenant_id, amount
    from {{ ref('int_ledger_billing') }}
    where {{ moves_credits('kind') }} and credits <= 0 and amount is not null
),

spent as (
    select tenant_id, usage_date, 'usage' as service, credits from {{ ref('mart_tenant_daily') }}
    union all
    select tenant_id, usage_date, 'jobs' as service, credits from {{ ref('mart_job_daily') }}
    union all
    select
        tenant_id, posted_on as usage_date, case kind when 'usage' then 'usage' else 'jobs' end as service,
        credits
    from {{ ref('mart_closing_adjustments') }}
    where kind in ('usage', 'job') and credits > 0
),

-- Each token once, whether it cost credits or not; what closed months were exported with stands as it was.
consumed as (
    select * from used where ConsumedUnit = 'Tokens' and x_CorrectedMonth is null and not {{ is_closed('x_ChargeDate') }}
),

metered as (
    {%- for meter, tokens in {'Input Tokens': 'input_tokens', 'Output Tokens': 'output_tokens'}.items() %}
    {{ 'union all' if not loop.first }}
    select tenant_id, model_id, usage_date, '{{ meter }}' as meter, {{ tokens }} as tokens
    from {{ ref('mart_model_daily') }}
    where not {{ is_closed('usage_date') }}
    {%- endfor %}
),

balances as (
    select daily.tenant_id, daily.closing
    from {{ ref('mart_credit_balance_daily') }} as daily
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date = as_of.as_of_date
    -- What is lost with the last date shown expires in the ledger on the next.
    union all
    select tenant_id, -credits as closing from {{ ref('int_ledger_lot_losses') }} where expired_on is null
),

-- What no such decimal holds cannot be compared.
figures as (
    {%- for what, side, figure, source in sides %}
    {{ 'union all' if not loop.first }}
    select
        {{ what }} as what, tenant_id, '{{ side }}' as side, try_cast({{ figure }} as decimal(38, 12)) as figure,
        {{ figure }} is not null and try_cast({{ figure }} as decimal(38, 12)) is null as is_beyond
    from {{ source }}
    {%- endfor %}
)

select
    what,
    tenant_id,
    sum(case side when 'expected' then figure else 0 end) as expected,
    sum(case side when 'found' then figure else 0 end) as found
from figures
group by what, tenant_id
having not bool_or(is_beyond) and sum(case side when 'expected' then figure else -coalesce(figure, 0) end) <> 0
