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
    ("'BilledCost'", 'found', 'BilledCost', 'charges'),
    ("'credits of ' || service || ' on ' || usage_date", 'expected', 'credits', 'spent'),
    ("'credits of ' || ServiceName || ' on ' || x_ChargeDate", 'found', 'PricingCurrencyEffectiveCost', 'used'),
    ("'tokens of ' || model_id || ' on ' || usage_date", 'expected', 'tokens', 'metered'),
    ("'tokens of ' || model_id || ' on ' || usage_date", 'found', 'consumed', 'metered'),
    ("'tokens of ' || x_SourceId || ' taken back'", 'found', 'ConsumedQuantity', 'corrected_tokens'),
    ("'credits left'", 'expected', 'closing', 'balances'),
    ("'credits left'", 'found', 'x_Credits', 'charges'),
] %}

with charges as (
    select *, BillingAccountId as tenant_id, x_LotId as lot_id from {{ ref('mart_focus_cost_usage') }}
),

used as (
    select * from charges where x_ChargeType = 'Usage'
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
        select tenant_id, lot_id, credits from {{ ref('int_ledger_lot_expiries') }}
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
    select tenant_id, usage_date, 'Model Inference' as service, credits from {{ ref('mart_tenant_daily') }}
    union all
    select tenant_id, usage_date, 'Platform Jobs' as service, credits from {{ ref('mart_job_daily') }}
    union all
    select
        tenant_id, posted_on as usage_date, case kind when 'usage' then 'Model Inference' else 'Platform Jobs' end as service,
        credits
    from {{ ref('mart_closing_adjustments') }}
    where kind in ('usage', 'job') and credits > 0
),

tokens_used as (
    select tenant_id, x_SourceId as model_id, x_ChargeDate as usage_date, SkuMeter as meter, sum(ConsumedQuantity) as consumed
    from used
    where ConsumedUnit = 'Tokens' and x_CorrectedMonth is null
    group by tenant_id, x_SourceId, x_ChargeDate, SkuMeter
),

-- What stood in a closed month is taken back as often as it is entered again.
corrected_tokens as (
    select * from used where ConsumedUnit = 'Tokens' and x_CorrectedMonth is not null
),

metered as (
    select
        tokens_used.*,
        case tokens_used.meter when 'Input Tokens' then daily.input_tokens else daily.output_tokens end as tokens
    from tokens_used
    left join {{ ref('mart_model_daily') }} as daily
        on tokens_used.tenant_id = daily.tenant_id
        and tokens_used.model_id = daily.model_id
        and tokens_used.usage_date = daily.usage_date
),

balances as (
    select daily.tenant_id, daily.closing
    from {{ ref('mart_credit_balance_daily') }} as daily
    inner join {{ ref('int_tenant_as_of') }} as as_of
        on daily.tenant_id = as_of.tenant_id
        and daily.usage_date = as_of.as_of_date
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
