"""What the usage lines of a statement cost, and what was paid off later of closed months."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from site_builder.gather.ledger import Entry
from site_builder.gather.spend import NO_LINE, NOTHING_SPENT, LineSpend, Money, total
from site_builder.gather.usage import ZERO
from site_builder.gather.view import View
from site_builder.pages.elements import Column, Value

_USAGE = "usage"


class Line(NamedTuple):
    """A line of the statement. spend: in the currency of the report; None of what is unknown or no usage."""

    entry: Entry
    spend: Decimal | None = None
    unknown_credits: Decimal | None = None


def columns(view: View) -> tuple[Column, ...]:
    """The columns of `cells`."""
    currency = view.currency
    return (
        Column("spend_amount", f"Spend ({currency})" if currency else "Spend", "exact"),
        Column("spend_currency", "Spend in", data_only=True),
        Column("unknown_credits", "Credits of unknown price", "exact", data_only=True),
    )


def cells(view: View, line: Line) -> tuple[Value, ...]:
    """What a line cost; empty of what is no usage, and of months that were closed before it was kept."""
    return line.spend, view.currency if line.spend is not None else None, line.unknown_credits


def lines(view: View, tenant_id: str, opening: Decimal) -> list[Line]:
    """A tenant's lines of the period in their order, with what was paid off later of closed months after its date's."""
    spends: dict[tuple[str, ...], list[LineSpend]] = defaultdict(list)
    for row in view.now.line_spends:
        if row.tenant_id == tenant_id:
            spends[_key_of_spend(row)].append(row)
    found = [_line(view, entry, spends) for entry in view.now.entries if entry.tenant_id == tenant_id]
    later = [rows for (_, _, pool, _), rows in sorted(spends.items()) if pool == NO_LINE]
    return list(_merged(view, found, later, opening))


def by_pool(view: View) -> Mapping[str, Money]:
    """What the lines of each pool cost, nothing where it has none of usage; under NO_LINE what was paid off later.

    A pool is not in it where nothing is kept of what its lines cost.
    """
    rows: dict[str, list[LineSpend]] = defaultdict(list)
    for row in view.now.line_spends:
        rows[row.pool].append(row)
    used = {entry.pool for entry in view.now.entries if entry.kind == _USAGE}
    unused = {move.pool: NOTHING_SPENT for move in view.now.pools if move.pool not in used}
    return unused | {pool: total(found, view.currency) for pool, found in rows.items()}


def summed(found: Iterable[Line]) -> tuple[Decimal | None, Decimal | None]:
    """Spend and unknown credits of several lines; None where none of them has any."""
    rows = list(found)
    return _sum(line.spend for line in rows), _sum(line.unknown_credits for line in rows)


def lacks_spend(found: Iterable[Line]) -> bool:
    """True if of some line of usage nothing at all is kept."""
    return any(line.entry.kind == _USAGE and line.unknown_credits is None for line in found)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None


def _key_of_spend(row: LineSpend) -> tuple[str, ...]:
    return row.usage_date.isoformat(), row.model_id, row.pool, row.adjusted_month


def _line(view: View, entry: Entry, spends: Mapping[tuple[str, ...], Sequence[LineSpend]]) -> Line:
    key = entry.entry_date.isoformat(), entry.model_id, entry.pool, entry.adjusted_month
    if entry.kind != _USAGE or key not in spends:
        return Line(entry)
    money = total(spends[key], view.currency)
    return Line(entry, money.amount, money.unknown_credits)


def _merged(
    view: View, found: Sequence[Line], later: Sequence[Sequence[LineSpend]], balance: Decimal
) -> Iterator[Line]:
    waiting = list(later)
    for line in found:
        while waiting and waiting[0][0].usage_date < line.entry.entry_date:
            yield _paid_off(view, waiting.pop(0), balance)
        yield line
        balance = line.entry.balance_after
    for rows in waiting:
        yield _paid_off(view, rows, balance)


def _paid_off(view: View, rows: Sequence[LineSpend], balance: Decimal) -> Line:
    """What was owed in a closed month and has been paid off since: it moves no credits."""
    row, money = rows[0], total(rows, view.currency)
    words = f"Overdraft of {row.adjusted_month} paid off, {row.model_id}"
    entry = Entry(
        row.tenant_id, None, row.usage_date, "spend", _USAGE, words, NO_LINE, row.model_id, "(none)", "(none)", None,
        None, ZERO, None, None, balance, adjusted_month=row.adjusted_month,
    )  # fmt: skip
    return Line(entry, money.amount, money.unknown_credits)
