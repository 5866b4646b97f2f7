"""Credits left: what stood in each pool, came, was used, taken back and expired, and what stands."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from site_builder.charts.specs import Bar, Line, Rank, Ranking
from site_builder.gather.ledger import PoolMove
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table, Value
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "balance"
OVERDRAFT = "overdraft"
PACE_DAYS = 7
# Beyond ten years a date says nothing.
_FAR = 3653
_POOLS = {"plan": "Plan", "promo": "Promotion", "topup": "Top-up", OVERDRAFT: "Overdraft"}
_COLUMNS = (
    Column("pool", "Pool"), Column("opening", "Opening", "exact"),
    Column("granted", "Granted", "exact"), Column("spent", "Spent", "exact"),
    Column("withdrawn", "Withdrawn", "exact"), Column("expired", "Expired", "exact"),
    Column("closing", "Closing", "exact"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    moves = view.now.pools
    return Card(
        name=NAME,
        subject="Credit balance",
        title=_title(view),
        about=phrases.about(view),
        table=Table((Column("tenant_id", "Tenant", "name", not view.scope.is_all), *_COLUMNS), list(_rows(moves))),
        definition="Opening + granted − spent − withdrawn − expired = closing, for each pool and in total. Granted: "
        "plan grants, top-ups, promotions, and refunds and adjustments in the tenant's favour; what pays off an "
        "overdraft on arrival is granted to overdraft. Spent: usage and the platform's jobs. Withdrawn: negative "
        "refunds and adjustments. Overdraft: used or taken back beyond all credits, 0 or below. Billing period: the "
        "one that the report's last date lies in; what usage took of it by then, jobs aside.",
        facts=_facts(view),
        panels=_panels(view) if moves else (),
        is_empty=not moves,
    )


def _rows(moves: tuple[PoolMove, ...]) -> Iterator[tuple[Value, ...]]:
    """Each tenant's pools, then their total."""
    for tenant_id, pools in groupby(moves, key=lambda move: move.tenant_id):
        rows = list(pools)
        yield from rows
        yield (tenant_id, "total", *(sum(figures, ZERO) for figures in zip(*(row[2:] for row in rows), strict=True)))


def _sum(view: View, figure: str) -> Decimal:
    return sum((getattr(move, figure) for move in view.now.pools), ZERO)


def _facts(view: View) -> list[Fact]:
    if not view.now.pools:
        return []
    last = view.period.covered.last
    days = periods.Span(max(view.period.covered.first, view.scope.first), last).days
    closing, spent = _sum(view, "closing"), _sum(view, "spent")
    facts = []
    if days >= PACE_DAYS and spent > 0 and closing > 0 and not view.scope.is_all:
        lasts = int(closing * days / spent)
        facts.append(Fact("Lasts", f"{_until(last, lasts)} at this period's pace, expiries aside"))
    for billing in view.now.billing_periods:
        whole = periods.Span(billing.period_start, billing.period_end - periods.ONE_DAY)
        left = f"{formats.plural(billing.days_left, 'day')} left" if billing.days_left else "its last day"
        facts.append(Fact("Billing period", f"{periods.range_text(whole)}, {left}"))
        used = f"{formats.amount(billing.credits)}, up to {periods.short_date(last)}"
        facts.append(Fact("Credits used this billing period", used))
    expired = _sum(view, "expired")
    if expired:
        facts.append(Fact("Expired", f"{formats.amount(expired)} credits"))
    return facts


def _until(last: date, days: int) -> str:
    """`about 12 days, until 3 Dec 2026`; a date beyond the calendar is none."""
    text = f"about {formats.plural(days, 'day')}"
    return f"{text}, until {periods.short_date(last + timedelta(days))}" if days < _FAR else text


def _panels(view: View) -> list[Panel]:
    ranks = []
    for pool, label in _POOLS.items():
        closing = sum((move.closing for move in view.now.pools if move.pool == pool), ZERO)
        tone = "mark" if pool == OVERDRAFT else "c1"
        ranks.append(Rank(label, abs(closing), formats.amount(closing), "", tone))
    panels = [Panel("By pool", [Ranking("Credits left by pool", "As the period ends.", ranks)])]
    day_balances = view.now.day_balances
    if len(day_balances) < 2:
        return panels
    left = [Bar(periods.axis_date(day.usage_date), day.credits_left) for day in day_balances]
    panels.append(Panel("By day", [Line("Credits left by day", "As each date ends.", "credits", left)]))
    if any(day.overdraft for day in day_balances):
        owed = [Bar(periods.axis_date(day.usage_date), -day.overdraft) for day in day_balances]
        panels.append(Panel("Overdraft", [Line("Overdraft by day", "As each date ends.", "credits", owed)]))
    return panels


def _title(view: View) -> str:
    moves = view.now.pools
    if not moves:
        return "No credits were granted or used so far"
    over = [move for move in moves if move.pool == OVERDRAFT and move.closing < 0]
    spent = formats.amount(_sum(view, "spent"))
    if over and not view.scope.is_all:
        return f"{formats.amount(-over[0].closing)} credits in overdraft after {spent} spent"
    left = formats.amount(sum((move.closing for move in moves if move.pool != OVERDRAFT), ZERO))
    if not over:
        return f"{left} credits left after {spent} spent"
    owed = formats.amount(-sum((move.closing for move in over), ZERO))
    return f"{left} credits left; {formats.plural(len(over), 'tenant')} in overdraft by {owed}"
