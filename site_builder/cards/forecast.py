"""What this month and the next are expected to take, in credits and money, as budgets are projected."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from site_builder.cards import money
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Table
from site_builder.planning import periods
from site_builder.planning.periods import Span
from site_builder.words import formats

NAME = "forecast"
LOOK_BACK, FEWEST = 28, 7
# Of a normal distribution, what 8 in 10 values lie within.
_EIGHT_IN_TEN = Decimal("1.281552")
_STEP = Decimal("0.000001")


class Forecast(NamedTuple):
    """A month's: credits `used` so far, `expected` in all, and the band that 8 in 10 months are to end in."""

    used: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal


def build(view: View) -> Card:
    """The card of one report."""
    last = view.period.covered.last
    months = [periods.month_of(last), periods.month_of(periods.month_of(last).last + periods.ONE_DAY)]
    forecasts = {month.first: forecast(view, month) for month in months}
    known = {first: found for first, found in forecasts.items() if found is not None}
    price = _price(view)
    rows = [
        (f"{first:%Y-%m}", found.used, found.expected, found.low, found.high,
         *(_worth(credits, price) for credits in found[1:]), view.currency)
        for first, found in known.items()
    ]  # fmt: skip
    return Card(
        name=NAME,
        subject="Forecast",
        title=_title(view, known, price),
        about=f"As of {periods.short_date(last)} · {view.scope.zone}",
        table=Table(_columns(view), rows),
        definition="What the month has taken, and for each day left the mean of its weekday over the 28 dates up to "
        "now, as budgets are projected. Band: 8 in 10 months are expected to end in it, by how far those dates were "
        "from their weekday's mean; none where nothing is left of a month. Money: at what a credit cost on average in "
        "the period, where that is known.",
        is_empty=not rows,
        shows_table=True,
    )


def forecast(view: View, month: Span) -> Forecast | None:
    """Of a month that has begun or is to come, as of the period's last date; None with less than a week to go by."""
    last = view.period.covered.last
    first = max(view.scope.first, periods.day_of(last).shifted(1 - LOOK_BACK).first)
    looked_at = Span(first, last)
    if looked_at.days < FEWEST:
        return None
    credits = {day: view.day(day).credits for day in looked_at.dates()}
    means = _means(credits)
    used = sum((view.day(day).credits for day in month.dates() if day <= last), ZERO)
    left = [day for day in month.dates() if day > last]
    expected = Fraction(used) + sum(means[day.weekday()] for day in left)
    spread = _spread(credits, means, len(left))
    whole = _rounded(expected)
    return Forecast(used, whole, max(used, whole - spread), whole + spread)


def _means(credits: Mapping[date, Decimal]) -> Mapping[int, Fraction]:
    by_weekday: dict[int, list[Decimal]] = defaultdict(list)
    for day, amount in credits.items():
        by_weekday[day.weekday()].append(amount)
    # Seven dates and more have every weekday.
    return {weekday: Fraction(sum(found, ZERO)) / len(found) for weekday, found in by_weekday.items()}


def _spread(credits: Mapping[date, Decimal], means: Mapping[int, Fraction], days: int) -> Decimal:
    """Half the band of the sum of so many days, by the residuals of the dates looked at."""
    free = len(credits) - len(means)
    if free <= 0 or not days:
        return ZERO
    residuals = [Fraction(amount) - means[day.weekday()] for day, amount in credits.items()]
    variance = sum((residual * residual for residual in residuals), Fraction()) * days / free
    root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return (_EIGHT_IN_TEN * root).quantize(_STEP, ROUND_HALF_UP)


def _rounded(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_STEP, ROUND_HALF_UP)


def _price(view: View) -> Decimal | None:
    """What a credit cost on average in the period; None where that is known of none."""
    spent = money.whole(view, view.now.spends)
    known = view.now.totals.credits - spent.unknown_credits
    return spent.amount / known if spent.amount is not None and known > 0 and not spent.unconverted else None


def _worth(credits: Decimal, price: Decimal | None) -> Decimal | None:
    return None if price is None else (credits * price).quantize(_STEP, ROUND_HALF_UP)


def _columns(view: View) -> tuple[Column, ...]:
    unit = f" ({view.currency})" if view.currency else ""
    return (
        Column("month", "Month"), Column("used_credits", "Used so far", "amount"),
        Column("expected_credits", "Expected", "amount"), Column("low_credits", "At least", "amount"),
        Column("high_credits", "At most", "amount"), Column("expected_amount", f"Expected{unit}", "usd"),
        Column("low_amount", f"At least{unit}", "usd"), Column("high_amount", f"At most{unit}", "usd"),
        Column("currency", "Currency", data_only=True),
    )  # fmt: skip


def _title(view: View, forecasts: Mapping[date, Forecast], price: Decimal | None) -> str:
    if not forecasts:
        return "Less than a week of use: too little for a forecast"
    last = view.period.covered.last
    said: Sequence[date] = [first for first in forecasts if periods.month_of(first).last > last]
    first, found = said[0], forecasts[said[0]]
    worth = _worth(found.expected, price)
    cost = "" if worth is None else f", {formats.money(worth, view.currency)}"
    month = f"{periods.MONTHS[first.month - 1]} {first.year}"
    return f"{month} is expected to take {formats.amount(found.expected)} credits{cost}"
