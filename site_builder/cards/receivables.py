"""What was owed as the month ended: invoiced, paid, open, and how long it had been overdue."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from site_builder.charts.specs import Rank, Ranking
from site_builder.gather.receivables import Receivable
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Card, Column, Fact, Panel, Table
from site_builder.words import formats, phrases

NAME = "receivables"
MOST_CURRENCIES = 4
_AGES = {
    "not_due_amount": "Not due", "overdue_1_30_amount": "1 to 30 days", "overdue_31_60_amount": "31 to 60 days",
    "overdue_61_90_amount": "61 to 90 days", "overdue_over_90_amount": "More than 90 days",
}  # fmt: skip
_COLUMNS = (
    Column("tenant_id", "Tenant", "name"), Column("as_at", "As of"), Column("currency", "Currency"),
    Column("invoices", "Invoices", "int"), Column("invoiced_amount", "Invoiced", "amount"),
    Column("tax_amount", "Tax", "amount"), Column("paid_amount", "Paid", "amount"),
    Column("open_amount", "Open", "amount"), Column("overdue_amount", "Overdue", "amount"),
    *(Column(name, label, "amount") for name, label in _AGES.items()),
    Column("unallocated_amount", "Paid for no invoice", "amount"),
    Column("unknown_invoices", "Invoices not known", "int"),
)  # fmt: skip


def build(view: View) -> Card:
    """The card of one report."""
    rows = view.now.receivables
    return Card(
        name=NAME,
        subject="Receivables",
        title=_title(rows),
        about=phrases.about(view),
        table=Table(_COLUMNS, rows),
        definition="All invoices up to the date in the table, of earlier months too, as they stood then: amounts net "
        "of credit notes, tax on top, less the payments that name them, by currency. What is open is overdue from the "
        "day after it was due; without a due date it is not due. Payments that name no invoice lower nothing. Of "
        "invoices without an amount, or paid in another currency, nobody knows what is open: they are counted alone.",
        facts=_facts(rows),
        panels=_panels(rows),
        note=_note(rows),
        is_empty=not rows,
    )  # fmt: skip


def _by_currency(rows: Sequence[Receivable]) -> Mapping[str, list[Receivable]]:
    found: dict[str, list[Receivable]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.currency):
        if row.currency != phrases.NONE_KEY:
            found[row.currency].append(row)
    return found


def _sum(rows: Sequence[Receivable], name: str) -> Decimal:
    return sum((getattr(row, name) for row in rows), ZERO)


def _money(rows: Sequence[Receivable], name: str) -> str:
    """A figure in each currency in which it is not 0; empty where it is 0 in all."""
    sums = {currency: _sum(of, name) for currency, of in _by_currency(rows).items()}
    texts = [formats.money(amount, currency) for currency, amount in sums.items() if amount]
    more = [f"{len(texts) - MOST_CURRENCIES} more"] if len(texts) > MOST_CURRENCIES else []
    return phrases.joined([*texts[:MOST_CURRENCIES], *more])


def _title(rows: Sequence[Receivable]) -> str:
    if not rows:
        return "Nothing was invoiced yet"
    opened, overdue = _money(rows, "open_amount"), _money(rows, "overdue_amount")
    if not opened and not overdue:
        return "Nothing is open"
    if not overdue:
        return f"{opened} open, nothing overdue"
    return f"{opened or 'Nothing in sum'} open, {overdue} overdue"


def _facts(rows: Sequence[Receivable]) -> list[Fact]:
    figures = (("Invoiced", "invoiced_amount"), ("Tax", "tax_amount"), ("Paid", "paid_amount"),
               ("Open", "open_amount"), ("Overdue", "overdue_amount"))  # fmt: skip
    return [Fact(label, _money(rows, name) or "none") for label, name in figures] if rows else []


def _chart(currency: str, rows: Sequence[Receivable]) -> Ranking:
    sums = [(label, _sum(rows, name)) for name, label in _AGES.items()]
    ranks = [
        Rank(label, max(amount, ZERO), formats.money(amount, currency), "", "c1" if place == 0 else "mark")
        for place, (label, amount) in enumerate(sums)
    ]
    return Ranking(f"Open in {currency}", "By how long it is overdue.", ranks)


def _panels(rows: Sequence[Receivable]) -> list[Panel]:
    """A chart of each currency, those first in which anything is open."""
    found = sorted(_by_currency(rows).items(), key=lambda each: not _sum(each[1], "open_amount"))
    return [Panel("", [_chart(currency, of) for currency, of in found])] if found else []


def _note(rows: Sequence[Receivable]) -> str:
    unknown, unallocated = sum(row.unknown_invoices for row in rows), _money(rows, "unallocated_amount")
    notes = [f"What is open of {formats.plural(unknown, 'invoice')} is unknown."] if unknown else []
    if unallocated:
        notes.append(f"{unallocated} was paid without naming an invoice.")
    return " ".join(notes)
