"""What use of credits cost the tenants, in money: rows by what was used and by whom, and their sums in one currency."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.rows import Rows
from site_builder.gather.usage import ZERO

# What spend is broken down by; a model and a task belong to no tenant.
TENANT, MODEL, TEAM, USER, ITEM, TASK = "tenant", "model", "team", "user", "item", "task"
NO_CURRENCY, COMMON_CURRENCY = "(none)", "USD"
NO_LINE = "(none)"


class Spend(NamedTuple):
    """Sums of mart_spend_daily over a span by one of the constants above, and currency.

    spend: of what is known, None of nothing known; spend_usd: None without an exchange rate; …_usd_per_unit and
    …_rate_date: between which rates, of which dates.
    """

    breakdown: str
    tenant_id: str
    key: str
    currency: str
    spend: Decimal | None
    spend_usd: Decimal | None
    unknown_credits: Decimal
    min_usd_per_unit: Decimal | None
    max_usd_per_unit: Decimal | None
    min_rate_date: date | None
    max_rate_date: date | None


class LineSpend(NamedTuple):
    """A row of mart_statement_spend: what a usage line of the statement cost in one currency.

    pool: NO_LINE of overdraft of a closed month (adjusted_month) that was paid off since, which has no line.
    """

    tenant_id: str
    usage_date: date
    model_id: str
    pool: str
    adjusted_month: str
    currency: str
    spend: Decimal | None
    spend_usd: Decimal | None
    unknown_credits: Decimal


class Money(NamedTuple):
    """What something cost, in the currency of the report.

    amount: of what is known, None where nothing is; unknown_credits: of how many credits it is not; unconverted: the
    currencies of what has no exchange rate, and is not in it.
    """

    amount: Decimal | None
    unknown_credits: Decimal
    unconverted: tuple[str, ...] = ()


NOTHING_SPENT = Money(ZERO, ZERO)


def currency_of(spends: Iterable[Spend]) -> str | None:
    """The one currency in which spend is told: its own, of several US dollars; None where there is none."""
    found = {row.currency for row in spends if row.breakdown == TENANT and row.currency != NO_CURRENCY}
    return COMMON_CURRENCY if len(found) > 1 else next(iter(found), None)


def sums(spends: Iterable[Spend], breakdown: str, currency: str | None) -> Mapping[tuple[str, str], Money]:
    """What each (tenant_id, id) of a breakdown cost, in a currency; a model's tenant_id is empty."""
    rows: dict[tuple[str, str], list[Spend]] = defaultdict(list)
    for row in spends:
        if row.breakdown == breakdown:
            rows[row.tenant_id, row.key].append(row)
    return {key: total(found, currency) for key, found in rows.items()}


def total(rows: Sequence[Spend | LineSpend], currency: str | None) -> Money:
    """The sum of rows of one breakdown, or of lines, in a currency."""
    known, unconverted = list[Decimal](), set[str]()
    for row in rows:
        amount = row.spend if row.currency == currency else row.spend_usd
        # What nobody has paid for yet is unknown, not free.
        if amount is not None and (amount or not row.unknown_credits):
            known.append(amount)
        elif row.spend and amount is None:
            unconverted.add(row.currency)
    return Money(
        sum(known, ZERO) if known else None,
        sum((row.unknown_credits for row in rows), ZERO),
        tuple(sorted(unconverted)),
    )


_SPENDS = """
    with spent as (
        select s.span,
            case
                when grouping(m.model_id) = 0 then 'model' when grouping(m.team_id) = 0 then 'team'
                when grouping(m.user_id) = 0 then 'user' when grouping(m.item_id) = 0 then 'item'
                when grouping(m.task_category) = 0 then 'task' else 'tenant'
            end as breakdown,
            m.tenant_id, m.currency,
            case breakdown
                when 'model' then m.model_id when 'team' then m.team_id when 'user' then m.user_id
                when 'item' then m.item_id when 'task' then m.task_category else m.tenant_id
            end as key,
            sum(m.spend_amount) as spend,
            case when count(*) filter (where m.spend_amount <> 0 and m.spend_usd is null) = 0
                then coalesce(sum(m.spend_usd), 0) end as spend_usd,
            sum(m.unknown_credits) as unknown_credits, min(m.min_usd_per_unit) as min_usd_per_unit,
            max(m.max_usd_per_unit) as max_usd_per_unit, min(m.min_rate_date) as min_rate_date,
            max(m.max_rate_date) as max_rate_date
        from span_days as s
        inner join marts.mart_spend_daily as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
        group by grouping sets (
            (s.span, m.currency, m.tenant_id), (s.span, m.currency, m.model_id),
            (s.span, m.currency, m.tenant_id, m.team_id), (s.span, m.currency, m.tenant_id, m.user_id),
            (s.span, m.currency, m.tenant_id, m.item_id), (s.span, m.currency, m.task_category)
        )
    )
    select span, breakdown, coalesce(tenant_id, '') as tenant_id, key, currency, spend, spend_usd, unknown_credits,
        min_usd_per_unit, max_usd_per_unit, min_rate_date, max_rate_date
    from spent
    order by span, breakdown, tenant_id, key, currency
"""

_LINES = """
    select s.span, m.tenant_id, m.usage_date, m.model_id, m.pool, m.adjusted_month, m.currency, m.spend_amount as spend,
        m.spend_usd, m.unknown_credits
    from span_days as s
    inner join marts.mart_statement_spend as m on m.tenant_id = s.tenant_id and m.usage_date = s.usage_date
    where s.is_report
    order by s.span, m.tenant_id, m.usage_date, m.model_id, m.pool, m.adjusted_month, m.currency
"""

ROWS = (Rows("spends", Spend, _SPENDS), Rows("line_spends", LineSpend, _LINES))
