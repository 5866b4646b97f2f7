"""What a refused row carried of money and credits: told where it can be read exactly, else known to be unknown.

A figure beyond 10^24 is none that can be read: sums of any number of rows stay within 38 digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COLUMNS = (
    "refused_credits DECIMAL(31,6)",
    "refused_cost_usd DECIMAL(31,6)",
    "refused_amount DECIMAL(31,6)",
    "refused_currency VARCHAR",
    "is_money_unknown BOOLEAN",
)
"""Of a landed row that is bad; NULL: it carried none of it, or what it carried is unknown."""
FIGURE = "DECIMAL(30,6)"
CARRIED = "DECIMAL(31,6)"


@dataclass(frozen=True)
class Money:
    """Where a source's rows carry what: SQL with a field's name in braces for its figure.

    fields: those of the figures; a row that gives one which cannot be read carries unknown money
    """

    fields: tuple[str, ...]
    credits: str = "NULL"
    cost_usd: str = "NULL"
    amount: str = "NULL"
    currency: str = "NULL"


MONEY: Mapping[str, Money] = {
    "usage": Money(
        fields=("credits", "input_credits", "output_credits", "cost_usd"),
        credits="coalesce({credits}, {input_credits} + {output_credits}, {input_credits}, {output_credits})",
        cost_usd="{cost_usd}",
    ),
    "billing": Money(
        fields=("credits", "amount"), credits="{credits}", amount="{amount}", currency="left(given_currency, 100)"
    ),
    # A product of what is typed, below 10^12 each: one of two figures could leave every type.
    "jobs": Money(
        fields=("credits", "quantity", "unit_price_credits"),
        credits="coalesce({credits}, CASE WHEN given_status = 'success' THEN CAST(typed_quantity AS DECIMAL(19,6)) "
        "* CAST(typed_unit_price_credits AS DECIMAL(19,6)) END)",
    ),
}


def refused_columns(source: str, figures: Mapping[str, str]) -> str:
    """SQL of COLUMNS over a row with its `verdict`. Nothing can be read of a malformed one.

    figures: per field SQL for its exact figure, NULL where there is none
    """
    money = MONEY.get(source, Money(()))
    given = [getattr(money, name).format(**figures) for name in ("credits", "cost_usd", "amount", "currency")]
    types = (CARRIED, CARRIED, CARRIED, "VARCHAR")
    read = "verdict IS NOT NULL AND NOT starts_with(verdict, 'malformed')"
    sums = [f"CASE WHEN {read} THEN TRY_CAST({value} AS {kind}) END" for value, kind in zip(given, types, strict=True)]
    unread = " OR ".join(f"given_{name} IS NOT NULL AND ({figures[name]}) IS NULL" for name in money.fields) or "false"
    unknown = f"CASE WHEN verdict IS NOT NULL THEN CASE WHEN {read} THEN {unread} ELSE true END END"
    return ", ".join([*sums, unknown])
