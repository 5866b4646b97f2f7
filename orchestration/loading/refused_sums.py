"""How much money and how many credits refused rows carried, for the last lines of a run and its `--json` summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

NOTHING = Decimal("0.000000")
NO_CURRENCY = "(none)"  # of a billing event that names none
_UNITS = ("credits", "cost_usd", "amount")


@dataclass(frozen=True)
class Sums:
    """credits, US dollars of providers' cost, and amounts of billing events by currency."""

    credits: Decimal = NOTHING
    cost_usd: Decimal = NOTHING
    amounts: Mapping[str, Decimal] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Every figure as text, since a JSON number would not be exact."""
        amounts = {currency: str(amount) for currency, amount in sorted(self.amounts.items())}
        return {"cost_usd": str(self.cost_usd), "credits": str(self.credits), "amounts": amounts}

    def in_words(self) -> list[str]:
        """Each sum other than 0 in words."""
        words = [f"{_exact(self.cost_usd)} USD of cost"] if self.cost_usd else []
        words += [f"{_exact(self.credits)} credits"] if self.credits else []
        for currency, amount in sorted(self.amounts.items()):
            unit = "of billing in the tenant's currency" if currency == NO_CURRENCY else f"{currency} of billing"
            words.append(f"{_exact(amount)} {unit}")
        return words


@dataclass(frozen=True)
class Refused:
    """What refused rows carried.

    rows: those that carried anything, unknown_rows: those of them of which not all can be read
    above, below: sums of what is above 0 and of what is below: set against each other they would hide money
    place: the first row's file and line
    """

    rows: int = 0
    unknown_rows: int = 0
    above: Sums = Sums()
    below: Sums = Sums()
    source: str = ""
    reason: str = ""
    place: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            **self.above.as_json(),
            "below_zero": self.below.as_json(),
            "rows": self.rows,
            "unknown_rows": self.unknown_rows,
        }

    def in_words(self) -> str:
        """The sums in words, of how many rows."""
        words = self.above.in_words() + [f"below 0: {words}" for words in self.below.in_words()]
        if self.unknown_rows == self.rows and not words:
            return f"{_rows(self.rows)} with an unknown sum"
        words += [f"an unknown sum in {self.unknown_rows:,} of them"] if self.unknown_rows else []
        return f"{_rows(self.rows)} with {', '.join(words)}"


def refused_money(con: duckdb.DuckDBPyConnection, files: str) -> tuple[Refused, ...]:
    """What the refused rows of some files carried, by source and reason. files: SQL for their paths."""
    found = con.execute(f"""
        with refused as (
            select *, coalesce(is_money_unknown, true) as is_unknown
            from audit.quarantine where file in ({files}))
        select source, reason, amount is not null, currency, min((file, line)), count(*), count(*) filter (is_unknown),
            {", ".join(f"sum(greatest({unit}, 0)), sum(least({unit}, 0))" for unit in _UNITS)}
        from refused
        where is_unknown or credits <> 0 or cost_usd <> 0 or amount <> 0
        group by all order by all""").fetchall()
    groups: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for source, reason, *rest in found:
        groups.setdefault((source, reason), []).append(tuple(rest))
    return tuple(_refused(source, reason, rows) for (source, reason), rows in groups.items())


def altogether(parts: Iterable[Refused]) -> Refused:
    """The sum over sources and reasons."""
    parts = list(parts)
    return Refused(
        sum(part.rows for part in parts),
        sum(part.unknown_rows for part in parts),
        _added(part.above for part in parts),
        _added(part.below for part in parts),
    )


def _exact(amount: Decimal) -> str:
    """All digits that say something, of the fraction two at least."""
    whole, _, fraction = f"{amount:,f}".partition(".")
    return f"{whole}.{fraction.rstrip('0'):0<2}"


def _added(sums: Iterable[Sums]) -> Sums:
    sums = list(sums)
    currencies = {currency for part in sums for currency in part.amounts}
    return Sums(
        sum((part.credits for part in sums), NOTHING),
        sum((part.cost_usd for part in sums), NOTHING),
        {currency: sum((part.amounts.get(currency, NOTHING) for part in sums), NOTHING) for currency in currencies},
    )


def _refused(source: str, reason: str, rows: list[tuple[Any, ...]]) -> Refused:
    above = [Sums(row[5], row[7], {row[1]: row[9]} if row[9] else {}) for row in rows]
    below = [Sums(row[6], row[8], {row[1]: row[10]} if row[10] else {}) for row in rows]
    file, line = min(row[2] for row in rows)
    return Refused(
        sum(row[3] for row in rows),
        sum(row[4] for row in rows),
        _added(above),
        _added(below),
        source,
        reason,
        f"{file}, line {line}" if line else file,
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
