"""What a table cell says to people, on pages and in print."""

from decimal import Decimal

from site_builder.pages.elements import Column, Value
from site_builder.words import formats, notation, phrases

_NUMERIC = frozenset(["int", "amount", "exact", "sum", "usd", "pct", "percent", "ratio", "hour", "ms", "mixed"])
# Of a percentage that is compared with what it was.
_RATE_DIGITS = 4


def is_numeric(column: Column) -> bool:
    """Whether a column's cells stand at the right."""
    return column.kind in _NUMERIC


def is_rounded(value: Value, column: Column) -> bool:
    """Whether what is shown may have fewer digits than the value."""
    return isinstance(value, float) or (isinstance(value, Decimal) and column.kind not in ("exact", "sum"))


def shown(value: Value, column: Column) -> str:
    """A value as its column's kind shows it."""
    if value is None:
        return formats.NONE_TEXT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.kind == "name" and value == phrases.NONE_KEY:
        return "none"
    if column.kind == "words":
        return str(value)
    if isinstance(value, str):
        return value.replace("_", " ") if column.kind == "figure" else formats.shown_name(value)
    if column.kind == "pct" and isinstance(value, float):
        return phrases.change_text(value)
    if isinstance(value, float) and column.kind == "exact":
        return formats.percent(100 * value, _RATE_DIGITS)
    if isinstance(value, float):
        return formats.percent(value if column.kind == "percent" else 100 * value)
    if isinstance(value, Decimal) and column.kind == "ms":
        return formats.milliseconds(float(value))
    if isinstance(value, Decimal) and column.kind == "sum" and value == value.to_integral_value():
        return formats.count(int(value))
    if isinstance(value, Decimal) and column.kind in ("exact", "sum"):
        return formats.grouped(value, max(column.scale, formats.decimals(value)))
    if isinstance(value, Decimal):
        return formats.amount(value) if 0 < abs(value) < Decimal("0.01") else formats.grouped(value, 2)
    if isinstance(value, int):
        return f"{value:02d}:00" if column.kind == "hour" else formats.count(value)
    return notation.numeric_date(value, "yMd") or value.isoformat()
