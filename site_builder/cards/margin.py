"""What a month's usage earned the publisher, what it cost, and what is left; on the pages of all tenants alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.margin import Margin
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.planning import periods
from site_builder.words import formats, phrases

NAME = "margin"
CHART_ROWS = 8
MOST_CURRENCIES = 4
PAGE_LINES = 700
_ALL_MODELS = "All models"
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("model_id", "Model", "name"), Column("credits", "Credits", "amount"),
    Column("unpaid_credits", "Not paid yet", "amount"), Column("revenue", "Revenue", "amount"),
    Column("currency", "Currency"), Column("revenue_usd", "Revenue (USD)", "usd"),
    Column("cost_usd", "Known cost (USD)", "usd"), Column("uncosted_requests", "Messages without a price", "int"),
    Column("margin_usd", "Margin (USD)", "usd"), Column("unpriced_credits", "Bought without a price", "amount"),
    Column("margin_usd_at_most", "Margin at most (USD)", "usd"),
    Column("uncosted_runs", "Runs without a cost", "int"), Column("uncosted_calls", "Calls without a cost", "int"),
    Column("min_usd_per_unit", "Lowest rate (USD)", "exact"), Column("max_usd_per_unit", "Highest rate (USD)", "exact"),
    Column("min_rate_date", "Rates from"), Column("max_rate_date", "Rates to"),
    Column("exchange_rate_of", "Rates of", data_only=True),
)  # fmt: skip

_SUMMED = (
    "credits", "unpaid_credits", "revenue", "revenue_usd", "cost_usd", "uncosted_requests", "margin_usd",
    "unpriced_credits", "margin_usd_at_most", "uncosted_runs", "uncosted_calls",
)  # fmt: skip
_RATES_OF = {
    "purchase": "of the date on which the lot was bought, or of use where that came first, or the latest before it",
    "month": "in which the month of use ends",
    None: "of the date of use or the latest before it",
}


def build(view: View) -> Card:
    """The card of one report."""
    margins = view.now.margins
    counted = [margin for margin in margins if margin.margin_usd is not None]
    return Card(
        name=NAME,
        subject="Margin",
        title=_title(view, margins, counted),
        about=phrases.about(view),
        table=Table(_COLUMNS, margins),
        page_table=Table(_COLUMNS, _page_rows(margins)),
        definition="Revenue is what the credits used had cost the tenant: each lot's price, or of a tenant who pays "
        f"afterwards the credit price of the date of use. {_of_rates(margins)} Overdraft earns nothing until a lot "
        "pays it off. "
        "Known cost is what logs report, else what the contract price or the published price list gives. Jobs, expired "
        "credits and credits taken back are in neither. A margin is known only where all of its revenue and cost are: "
        "the rest is not in the sums, and has a margin at most. The table has each tenant's sum, known where all of it "
        "is; the CSV has the rows alone, so that they can be added up. Only this page of all tenants has them.",
        facts=[*_facts(margins, counted), *_rates(margins)],
        panels=_panels(counted),
        note=_gaps(margins),
        is_empty=not margins,
    )


def _title(view: View, margins: Sequence[Margin], counted: Sequence[Margin]) -> str:
    if not margins:
        return "The margin is shown once the month is over" if view.period.to_date else phrases.NOTHING
    if not counted:
        return "No margin is known: exchange rates or costs are missing"
    earned, cost, left = _sums(counted)
    usage = "Usage" if len(counted) == len(margins) else "Usage of which all is known"
    return f"{usage} earned {_usd(earned)} and cost {_usd(cost)}, which leaves {_usd(left)}"


def _facts(margins: Sequence[Margin], counted: Sequence[Margin]) -> list[Fact]:
    if not counted:
        return []
    earned, _, left = _sums(counted)
    worst = min(counted, key=lambda margin: (margin.margin_usd or ZERO, margin.tenant_id, margin.model_id))
    label = "Margin of revenue" if len(counted) == len(margins) else "Margin of revenue, where known"
    facts = [Fact(label, phrases.share_text(left, earned))] if earned > 0 and left >= 0 else []
    if worst.margin_usd is not None and worst.margin_usd < 0:
        named = f"{phrases.in_text(worst.model_id)} for {phrases.in_text(worst.tenant_id)}"
        facts.append(Fact("Largest loss", f"{named}: {_usd(worst.margin_usd)}"))
    return facts


def _sums(counted: Sequence[Margin]) -> tuple[Decimal, Decimal, Decimal]:
    """Revenue, cost and margin in US dollars."""
    earned = sum((margin.revenue_usd or ZERO for margin in counted), ZERO)
    cost = sum((margin.cost_usd for margin in counted), ZERO)
    return earned, cost, earned - cost


def _panels(counted: Sequence[Margin]) -> Sequence[Panel]:
    if not counted:
        return ()
    models = _chart(counted, "model_id", "Revenue by model", "model")
    if len({margin.tenant_id for margin in counted}) == 1:
        return [Panel("", [models])]
    return [
        Panel("By model", [models]),
        Panel("By tenant", [_chart(counted, "tenant_id", "Revenue by tenant", "tenant")]),
    ]


def _chart(counted: Sequence[Margin], by: str, title: str, one: str) -> Ranking:
    groups: dict[str, list[Margin]] = defaultdict(list)
    for margin in counted:
        groups[getattr(margin, by)].append(margin)
    sums = sorted(((*_sums(rows), key) for key, rows in groups.items()), key=lambda row: (-row[0], row[3]))
    ranks = [
        Rank(phrases.named(key, key, "No model (runs, calls)"), earned, f"{_usd(earned)} · leaves {_usd(left)}", "")
        for earned, _, left, key in sums[:CHART_ROWS]
    ]
    return Ranking(title, f"{formats.plural(len(sums), one)}, most revenue first.", ranks)


def _page_rows(margins: Sequence[Margin]) -> Sequence[Margin]:
    """What the page shows: of more than PAGE_LINES the tenants' sums alone."""
    rows = list(_with_subtotals(margins))
    return rows if len(rows) <= PAGE_LINES else [row for row in rows if row.model_id == _ALL_MODELS][:PAGE_LINES]


def _with_subtotals(margins: Sequence[Margin]) -> Iterator[Margin]:
    """The rows by tenant, each tenant's sum before them."""
    in_order = sorted(margins, key=lambda margin: margin.tenant_id)
    for _, group in groupby(in_order, key=lambda margin: margin.tenant_id):
        rows = list(group)
        yield _subtotal(rows)
        yield from rows


def _subtotal(rows: Sequence[Margin]) -> Margin:
    """The sum of a tenant's rows. What is unknown of one is unknown of the sum, and money of several currencies is."""
    sums: dict[str, Any] = {name: _whole(getattr(row, name) for row in rows) for name in _SUMMED}
    currencies = {row.currency for row in rows}
    sums["revenue"] = sums["revenue"] if len(currencies) == 1 else None
    rates = [rate for row in rows if (rate := row.min_usd_per_unit) is not None]
    highest = [rate for row in rows if (rate := row.max_usd_per_unit) is not None]
    first = [day for row in rows if (day := row.min_rate_date) is not None]
    last = [day for row in rows if (day := row.max_rate_date) is not None]
    return rows[0]._replace(
        **sums,
        model_id=_ALL_MODELS,
        currency=rows[0].currency if len(currencies) == 1 else "",
        min_usd_per_unit=min(rates, default=None),
        max_usd_per_unit=max(highest, default=None),
        min_rate_date=min(first, default=None),
        max_rate_date=max(last, default=None),
    )


def _whole(values: Iterable[Decimal | int | None]) -> Decimal | int | None:
    given = list(values)
    known = [value for value in given if value is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(given) else None


def _rates(margins: Sequence[Margin]) -> list[Fact]:
    """The exchange rates of each currency, and what dates they are of."""
    by_currency: dict[str, list[Margin]] = defaultdict(list)
    for margin in margins:
        if margin.min_rate_date is not None and margin.currency != "USD":
            by_currency[margin.currency].append(margin)
    texts = [
        f"1 {currency} = {_between(_known(rows, 'usd_per_unit'), formats.exact)} USD "
        f"({_between(_known(rows, 'rate_date'), periods.short_date)})"
        for currency, rows in sorted(by_currency.items())
    ]
    return [Fact("Exchange rates", phrases.joined(texts[:MOST_CURRENCIES]))] if texts else []


def _known(rows: Sequence[Margin], name: str) -> list[Any]:
    return [value for row in rows for edge in ("min", "max") if (value := getattr(row, f"{edge}_{name}")) is not None]


def _between(values: Sequence[Any], shown: Callable[[Any], str]) -> str:
    low, high = shown(min(values)), shown(max(values))
    return low if low == high else f"{low} to {high}"


def _of_rates(margins: Sequence[Margin]) -> str:
    words = {_RATES_OF[margin.exchange_rate_of] for margin in margins}
    return f"In US dollars it is told by the exchange rate {phrases.joined(sorted(words) or [_RATES_OF['purchase']])}."


def _gaps(margins: Sequence[Margin]) -> str:
    """What is not in the sums."""
    bought = sum((margin.unpriced_credits or ZERO for margin in margins), ZERO)
    unrated = sum(margin.revenue_usd is None and not margin.unpriced_credits for margin in margins)
    unpaid = sum((margin.unpaid_credits for margin in margins), ZERO)
    notes = []
    uncosted = [
        formats.plural(count, name)
        for name, count in (
            ("message", sum(margin.uncosted_requests for margin in margins)),
            ("run", sum(margin.uncosted_runs or 0 for margin in margins)),
            ("call", sum(margin.uncosted_calls or 0 for margin in margins)),
        )
        if count
    ]
    if uncosted:
        rows = formats.plural(sum(map(_lacks_cost, margins)), "row")
        notes.append(f"The cost of {phrases.joined(uncosted)} is unknown, and with it the margin of {rows}.")
    if bought:
        notes.append(f"{formats.amount(bought)} credits were bought without an amount: their revenue is unknown.")
    if unrated:
        notes.append(f"{formats.plural(unrated, 'row')} without an exchange rate: not in the sums.")
    if unpaid:
        notes.append(f"{formats.amount(unpaid)} credits are overdraft that nothing has paid for yet.")
    return " ".join(notes)


def _lacks_cost(margin: Margin) -> bool:
    return bool(margin.uncosted_requests or margin.uncosted_runs or margin.uncosted_calls)


def _usd(value: Decimal) -> str:
    return formats.money(value, "USD")
