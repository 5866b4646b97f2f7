"""What a month's usage earned the publisher, what it cost, and what is left; on the pages of all tenants alone."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.margin import Margin
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "margin"
CHART_ROWS = 8
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("model_id", "Model", "name"), Column("credits", "Credits", "amount"),
    Column("unpaid_credits", "Not paid yet", "amount"), Column("revenue", "Revenue", "amount"),
    Column("currency", "Currency"), Column("revenue_usd", "Revenue (USD)", "usd"),
    Column("cost_usd", "Known cost (USD)", "usd"), Column("uncosted_requests", "Messages without a price", "int"),
    Column("margin_usd", "Margin (USD)", "usd"), Column("unpriced_credits", "Bought without a price", "amount"),
    Column("margin_usd_at_most", "Margin at most (USD)", "usd"),
    Column("uncosted_runs", "Runs without a cost", "int"), Column("uncosted_calls", "Calls without a cost", "int"),
)  # fmt: skip


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
        definition="Revenue is what the credits used had cost the tenant: each lot's price, in US dollars by the "
        "exchange rate of the date of use or the latest before it. Overdraft earns nothing until a lot pays it off. "
        "Known cost is what logs report, else what the contract price or the published price list gives. Jobs, expired "
        "credits and credits taken back are in neither. A margin is known only where all of its revenue and cost are: "
        "the rest is not in the sums, and has a margin at most. Only this page of all tenants has them.",
        facts=_facts(counted),
        panels=[Panel("", [_chart(counted)])] if counted else (),
        note=_gaps(margins),
        is_empty=not margins,
    )


def _title(view: View, margins: Sequence[Margin], counted: Sequence[Margin]) -> str:
    if not margins:
        return "The margin is shown once the month is over" if view.period.to_date else phrases.NOTHING
    if not counted:
        return "No margin is known: exchange rates or costs are missing"
    earned, cost, left = _sums(counted)
    return f"Usage earned {_usd(earned)} and cost {_usd(cost)}, which leaves {_usd(left)}"


def _facts(counted: Sequence[Margin]) -> list[Fact]:
    if not counted:
        return []
    earned, _, left = _sums(counted)
    worst = min(counted, key=lambda margin: (margin.margin_usd or ZERO, margin.tenant_id, margin.model_id))
    facts = [Fact("Margin of revenue", phrases.share_text(left, earned))] if earned > 0 and left >= 0 else []
    if worst.margin_usd is not None and worst.margin_usd < 0:
        named = f"{phrases.in_text(worst.model_id)} for {phrases.in_text(worst.tenant_id)}"
        facts.append(Fact("Largest loss", f"{named}: {_usd(worst.margin_usd)}"))
    return facts


def _sums(counted: Sequence[Margin]) -> tuple[Decimal, Decimal, Decimal]:
    """Revenue, cost and margin in US dollars."""
    earned = sum((margin.revenue_usd or ZERO for margin in counted), ZERO)
    cost = sum((margin.cost_usd for margin in counted), ZERO)
    return earned, cost, earned - cost


def _chart(counted: Sequence[Margin]) -> Ranking:
    by_model: dict[str, list[Margin]] = defaultdict(list)
    for margin in counted:
        by_model[margin.model_id].append(margin)
    sums = sorted(((*_sums(rows), model) for model, rows in by_model.items()), key=lambda row: (-row[0], row[3]))
    ranks = [
        Rank(phrases.named(model, model, "No model (runs, calls)"), earned, f"{_usd(earned)} · leaves {_usd(left)}", "")
        for earned, _, left, model in sums[:CHART_ROWS]
    ]
    return Ranking("Revenue by model", f"{formats.plural(len(sums), 'model')}, most revenue first.", ranks)


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
    return f"{formats.amount(value)} USD"
