"""The columns of a table as a page shows them: what a row is about, then what matters, then the rest."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from site_builder.pages.elements import Column, Table, Value
from site_builder.words import formats, phrases

# What a reader looks for, in this order; a narrow screen shows no more than that without scrolling.
_KEYS = (
    "credits", "credits_change", "spend_amount", "balance_after", "invoiced_credits", "amount", "status", "closing",
    "used_pct", "excess", "monthly_savings_credits", "open_amount", "change_pct", "one_off",
)  # fmt: skip


# What few rows have: a page shows them where any has.
_WHERE_ANY = frozenset([
    "quantity", "quantity_unit", "unit_price", "unit_price_unit", "tax_amount", "invoice_id", "period_start",
    "period_end", "due_on",
])  # fmt: skip
# Whose a row is, or of which kind: what it is about stands beside it.
_WHOSE = ("tenant_id", "dimension")


def in_one_scale(column: Column, values: Iterable[Value]) -> Column:
    """The column with as many decimals as the value that needs most of them has; only exact ones show them all."""
    if column.kind not in ("exact", "sum"):
        return column
    needed = [formats.decimals(value) for value in values if isinstance(value, Decimal)]
    return replace(column, scale=max([column.scale, *needed]))


def on_page(table: Table, *, names_tenant: bool = True) -> list[tuple[int, Column]]:
    """The shown columns with their places in the rows: whose and what a row is, then key figures, then the rest.

    `names_tenant`: whose a row is is said also where all are one tenant's.
    """
    shown = [
        (place, column)
        for place, column in enumerate(table.columns)
        if not column.data_only
        and (names_tenant or column.name != "tenant_id" or len({row[place] for row in table.rows}) > 1)
        and (column.name not in _WHERE_ANY or any(row[place] not in (None, phrases.NONE_KEY) for row in table.rows))
    ]
    shown = [(place, in_one_scale(column, [row[place] for row in table.rows])) for place, column in shown]
    lead = next((end for end, (_, column) in enumerate(shown, 1) if column.name not in _WHOSE), len(shown))
    lead += lead < len(shown) and shown[lead][1].name in _WHOSE
    keys = sorted((pair for pair in shown[lead:] if pair[1].name in _KEYS), key=lambda pair: _KEYS.index(pair[1].name))
    return [*shown[:lead], *keys, *(pair for pair in shown[lead:] if pair not in keys)]
