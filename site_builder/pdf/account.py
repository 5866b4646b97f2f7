"""What a tenant's statement of a period shows on its one page: credits, invoices, payments, and what is open."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from site_builder.cards import line_spend, money
from site_builder.gather.ledger import Entry
from site_builder.gather.spend import NO_LINE, Money
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Page
from site_builder.pdf.content import Content
from site_builder.pdf.text import printable
from site_builder.planning import periods
from site_builder.style import brand, palette
from site_builder.words import formats

# Of each table; what is beyond is counted, and in the CSV.
MOST_ROWS = 10
_MOVES = ("opening", "granted", "spent", "withdrawn", "expired", "closing")
_LABELS = ("Opening", "Granted", "Used", "Taken back", "Expired", "Closing")
_NUMBER, _NAME, _TEXT = "number", "name", "text"


def content(view: View, page: Page) -> Content:
    """The statement of a report's tenant and period, as plain data for its template."""
    ends = view.period.covered.last
    titles = {card.name: card.title for card in page.cards}
    data = {
        "title": f"{page.period_label} · {page.scope_name} · account statement",
        "author": brand.current().author,
        "logo": logo.file_name if (logo := brand.current().logo) else "",
        "ends": [ends.year, ends.month, ends.day],
        **{name: getattr(page, name) for name in (
            "scope_name", "period_label", "period_text", "zone", "state", "status",
        )},
        "headlines": [titles[name] for name in ("statement", "receivables") if name in titles],
        "tables": [_pools(view), _invoices(view), _payments(view), *([_open(view)] if _is_known_open(view) else [])],
        "note": money.note(view),
        "attached": "statement.csv",
        "colours": palette.light(),
    }  # fmt: skip
    return Content(data, {}).changed(printable)


def _table(
    title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], nothing: str, total: bool = False
) -> dict[str, Any]:
    """A table of the page; `columns` are label and kind, `nothing` what stands there without rows."""
    return {
        "title": title,
        "columns": [{"label": label, "kind": kind} for label, kind in columns],
        "rows": [list(row) for row in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
        "nothing": nothing,
        "has_total": total,
    }


def _pools(view: View) -> dict[str, Any]:
    sums = [sum((getattr(pool, name) for pool in view.now.pools), ZERO) for name in _MOVES]
    rows = [[pool.pool, *(formats.exact(getattr(pool, name)) for name in _MOVES)] for pool in view.now.pools]
    rows.append(["All", *map(formats.exact, sums)])
    columns = [("Pool", _TEXT), *((label, _NUMBER) for label in _LABELS)]
    if view.currency:
        columns.append((f"Spend ({view.currency})", _NUMBER))
        rows = _with_spend(view, rows)
    return _table("Credits", columns, rows, "", total=True)


def _with_spend(view: View, rows: list[list[str]]) -> list[list[str]]:
    """The rows of pools with what their lines cost, and before the sum what was paid off of closed months."""
    spent = line_spend.by_pool(view)
    found = [[*row, _spend(spent.get(row[0]))] for row in rows[:-1]]
    if NO_LINE in spent:
        found.append(["Closed months", *[formats.NONE_TEXT] * len(_MOVES), _spend(spent[NO_LINE])])
    return [*found, [*rows[-1], _spend(money.whole(view, view.now.spends))]]


def _spend(spent: Money | None) -> str:
    return formats.NONE_TEXT if spent is None or spent.amount is None else formats.exact(spent.amount)


def _of_type(view: View, entry_type: str) -> list[Entry]:
    return [entry for entry in view.now.entries if entry.entry_type == entry_type]


def _money(amount: Decimal | None) -> str:
    return formats.NONE_TEXT if amount is None else formats.grouped(amount, 2)


def _named(entry: Entry) -> str:
    """The invoice of an entry; its own words where it names none."""
    is_named = entry.invoice_id not in (None, "(none)")
    return formats.shown_name(str(entry.invoice_id) if is_named else entry.description)


def _invoices(view: View) -> dict[str, Any]:
    rows = [
        [
            periods.short_date(entry.entry_date), _named(entry), _period(entry),
            periods.short_date(entry.due_on) if entry.due_on else formats.NONE_TEXT, _money(entry.amount),
            _money(entry.tax_amount), entry.currency or "",
        ]
        for entry in _of_type(view, "invoice")
    ]  # fmt: skip
    columns = (("Issued", _TEXT), ("Invoice", _NAME), ("Period", _TEXT), ("Due", _TEXT), ("Amount", _NUMBER),
               ("Tax", _NUMBER), ("Currency", _TEXT))  # fmt: skip
    return _table("Invoices and credit notes", columns, rows, "None was issued.")


def _period(entry: Entry) -> str:
    if entry.period_start is None or entry.period_end is None:
        return formats.NONE_TEXT
    return periods.range_text(periods.Span(entry.period_start, entry.period_end - periods.ONE_DAY))


def _payments(view: View) -> dict[str, Any]:
    rows = [
        [periods.short_date(entry.entry_date), _named(entry), _money(entry.amount), entry.currency or ""]
        for entry in _of_type(view, "payment")
    ]
    columns = (("Paid", _TEXT), ("For", _NAME), ("Amount", _NUMBER), ("Currency", _TEXT))
    return _table("Payments", columns, rows, "None came.")


def _is_known_open(view: View) -> bool:
    """What is open is known as of the end of months, and a billing period may end on any date."""
    return view.period.edition == periods.MONTHLY or bool(view.now.receivables)


def _open(view: View) -> dict[str, Any]:
    rows = [
        [
            row.currency, *(_money(value) for value in (
                row.invoiced_amount, row.tax_amount, row.paid_amount, row.open_amount, row.overdue_amount,
            )),
        ]
        for row in view.now.receivables
    ]  # fmt: skip
    labels = ("Invoiced", "Tax", "Paid", "Open", "Overdue")
    title = f"Open as of {periods.short_date(view.period.covered.last)}, of all invoices until then"
    return _table(title, [("Currency", _TEXT), *((label, _NUMBER) for label in labels)], rows, "Nothing was invoiced.")
