"""A month that adds up: used so far, projected, the budget, and the month before."""

from decimal import Decimal
from itertools import accumulate

from site_builder.charts.specs import BurnUp, Point
from site_builder.gather.alerts import Budget
from site_builder.gather.view import View
from site_builder.pages.elements import Key, Panel
from site_builder.planning import periods
from site_builder.words import formats

# A limit far above all sums would only make them small.
MOST_HEADROOM = 3


def panel(view: View) -> Panel:
    """The month's chart; of scopes without a budget without limit and projection."""
    return Panel("So far", [_chart(view)])


def legend(view: View) -> list[Key]:
    """What its lines are."""
    chart = _chart(view)
    keys = [Key("c1", f"{periods.month_text(view.period.whole.first)}, added up by day")]
    if any(point.ghost is not None for point in chart.points):
        keys.append(Key("dash", periods.month_text(view.before.first)))
    if chart.low is not None:
        keys.append(Key("h2", "where 8 in 10 such months end"))
    if chart.limit is not None:
        keys.append(Key("bar", f"budget, {formats.amount(Decimal(chart.limit))}"))
    return keys


def _chart(view: View) -> BurnUp:
    sums, past = _sums(view), _past_sums(view)
    points = [
        Point(periods.axis_date(day), _at(sums, place), _at(past, place))
        for place, day in enumerate(view.period.whole.dates())
    ]
    budget = _budget(view)
    running = budget if budget and view.period.to_date else None
    highest = max([sums[-1], *past, *([running.projected_high or running.projected] if running else [])])
    desc = f"{formats.amount(sums[-1])} credits up to {periods.axis_date(view.period.covered.last)}."
    if running:
        desc += f" Projected: {formats.amount(running.projected)}."
    if budget:
        desc += f" Budget: {formats.amount(budget.budget)}."
    return BurnUp(
        "Credits added up by day",
        desc,
        "credits",
        points,
        projected=running.projected if running else None,
        low=running.projected_low if running else None,
        high=running.projected_high if running else None,
        limit=budget.budget if budget and budget.budget <= MOST_HEADROOM * highest else None,
    )


def _sums(view: View) -> list[Decimal]:
    return list(accumulate(view.day(day).credits for day in view.period.covered.dates()))


def _past_sums(view: View) -> list[Decimal]:
    """The month before by the day of the month; empty without any."""
    before = periods.month_of(view.before.first)
    return list(accumulate(view.day(day).credits for day in before.dates())) if view.has_past else []


def _at(sums: list[Decimal], place: int) -> Decimal | None:
    return sums[place] if place < len(sums) else None


def _budget(view: View) -> Budget | None:
    if view.scope.is_all:
        return None
    return next((budget for budget in view.now.budgets if budget.scope == "tenant"), None)
