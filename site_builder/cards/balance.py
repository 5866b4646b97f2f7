"""Credits left: what stood in each pool, came, was used, taken back and expired, and what stands."""

from collections.abc import Iterator
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
        "refunds and adjustments. Overdraft: used or taken back beyond all credits, 0 or below.",
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
    last, days = view.period.covered.last, view.period.covered.days
    closing, spent = _sum(view, "closing"), _sum(view, "spent")
    facts = []
    if days >= PACE_DAYS and spent > 0 and closing > 0 and not view.scope.is_all:
        lasts = int(closing * days / spent)
        facts.append(Fact("Lasts", f"about {formats.plural(lasts, 'day')} at this period's pace, expiries aside"))
    for terms in view.now.terms if not view.scope.is_all else ():
        if terms.next_billing_date:
            left = (terms.next_billing_date - last).days
            ahead = f", {formats.plural(left, 'day')} after the period" if left > 0 else ""
            facts.append(Fact("Next billing date", f"{periods.short_date(terms.next_billing_date)}{ahead}"))
    expired = _sum(view, "expired")
    if expired:
        facts.append(Fact("Expired", f"{formats.amount(expired)} credits"))
    return facts


def _panels(view: View) -> list[Panel]:
    ranks = []
    for pool, label in _POOLS.items():
        closing = sum((move.closing for move in view.now.pools if move.pool == pool), ZERO)
        tone = "mark" if pool == OVERDRAFT else "c1"
        ranks.append(Rank(label, abs(closing), formats.amount(closing), "", tone))
    panels = [Panel("By pool", [Ranking("Credits left by pool", "As the period ends.", ranks)])]
    standings = view.now.standings
    if len(standings) < 2:
        return panels
    left = [Bar(periods.axis_date(day.usage_date), day.credits_left) for day in standings]
    panels.append(Panel("By day", [Line("Credits left by day", "As each date ends.", "credits", left)]))
    if any(day.overdraft for day in standings):
        owed = [Bar(periods.axis_date(day.usage_date), -day.overdraft) for day in standings]
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
