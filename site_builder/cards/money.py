"""What use cost, in one currency of the report: columns and cells of tables, notes on what is unknown and on rates."""

from collections.abc import Iterable, Mapping

from site_builder.gather.spend import NO_CURRENCY, NOTHING_SPENT, TENANT, Money, Spend, sums, total
from site_builder.gather.view import View
from site_builder.pages.elements import Column, Value
from site_builder.planning import periods
from site_builder.words import formats, phrases

DEFINITION = (
    "Spend is what the credits used had cost: prepaid ones what was paid for them, postpaid ones the credit price of "
    "their date; promotions cost nothing. It is unknown of credits that nobody has paid for yet or whose purchase has "
    "no price."
)


def columns(view: View) -> tuple[Column, ...]:
    """The columns of `cells`."""
    currency = view.currency
    return (
        Column("spend_amount", f"Spend ({currency})" if currency else "Spend", "usd"),
        Column("spend_currency", "Spend in", data_only=True),
        Column("unknown_credits", "Credits of unknown price", "amount", data_only=True),
    )


def spent(view: View, breakdown: str) -> Mapping[tuple[str, str], Money]:
    """What each (tenant_id, id) of a breakdown cost in the period."""
    return sums(view.now.spends, breakdown, view.currency)


def cells(view: View, money: Mapping[tuple[str, str], Money], key: tuple[str, str]) -> tuple[Value, ...]:
    """What one of them cost; what used no credits cost nothing."""
    found = money.get(key, NOTHING_SPENT)
    return found.amount, view.currency, found.unknown_credits


def whole(view: View, spends: Iterable[Spend]) -> Money:
    """What all use of a span cost, in the currency of the report."""
    return total([row for row in spends if row.breakdown == TENANT], view.currency)


def note(view: View) -> str:
    """What the spend of the period lacks, and at which exchange rates it is told; empty where neither is to be said."""
    money = whole(view, view.now.spends)
    said = []
    if money.unknown_credits > 0:
        said.append(f"What {formats.amount(money.unknown_credits)} credits cost is not known and not in the spend.")
    if money.unconverted:
        said.append(f"What was spent in {phrases.joined(money.unconverted)} is not in it: there is no exchange rate.")
    rates = [_rate(currency, rows) for currency, rows in _by_currency(view).items() if currency != view.currency]
    if any(rates):
        said.append(f"In {view.currency} at these exchange rates: {'; '.join(filter(None, rates))}.")
    return " ".join(said)


def _by_currency(view: View) -> Mapping[str, list[Spend]]:
    found: dict[str, list[Spend]] = {}
    for row in view.now.spends:
        if row.breakdown == TENANT and row.currency != NO_CURRENCY:
            found.setdefault(row.currency, []).append(row)
    return dict(sorted(found.items()))


def _rate(currency: str, rows: list[Spend]) -> str:
    """`EUR 1.1542 to 1.1635 (13 Aug to 12 Nov 2026)`; empty without a rate."""
    low = min((row.min_usd_per_unit for row in rows if row.min_usd_per_unit), default=None)
    high = max((row.max_usd_per_unit for row in rows if row.max_usd_per_unit), default=None)
    first = min((row.min_rate_date for row in rows if row.min_rate_date), default=None)
    last = max((row.max_rate_date for row in rows if row.max_rate_date), default=None)
    if low is None or high is None or first is None or last is None:
        return ""
    rates = formats.as_given(low.normalize())
    if high != low:
        rates += f" to {formats.as_given(high.normalize())}"
    dates = periods.short_date(first) + (f" to {periods.short_date(last)}" if last != first else "")
    return f"{currency} {rates} (of {dates})"
