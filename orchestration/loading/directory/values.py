"""The values of directory cells: text to typed value, or a ValueError that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from orchestration.zones.spans import ALL_TIME_END, ALL_TIME_START, Span, Zone

NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST_INTEGER = 2**53 - 1
DECIMAL_BOUND = Decimal(10) ** 12
UTC = Zone((Span(ALL_TIME_START, ALL_TIME_END, 0),))

Value = str | int | Decimal | date | datetime


def parse_decimal(text: str, scale: int = 6) -> Decimal:
    """An exact number ≥ 0 below 10^12, rounded half away from zero to `scale` digits."""
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    value = Decimal(text)
    if value < 0:
        raise ValueError(f"{text} is negative")
    if value >= DECIMAL_BOUND:
        raise ValueError(f"{text} is 10^12 or more")
    return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


def parse_count(text: str) -> int:
    """A whole number ≥ 0, `5.0` included."""
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    value = Decimal(text)
    if value != value.to_integral_value():
        raise ValueError(f"{text} is not a whole number")
    if not 0 <= value <= LARGEST_INTEGER:
        raise ValueError(f"{text} is not between 0 and 2^53 - 1")
    return int(value)


def parse_date(text: str) -> date:
    if not DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is no day of the calendar") from None


def parse_time(text: str, zone: Zone) -> datetime:
    """A time as naive UTC; one without offset, and a bare date, is local time in `zone`.

    A local time that the clocks skip is read with the offset from before the change (so it lands as much later); one
    that they repeat is the first of the two. Digits beyond microseconds are cut.
    """
    match = TIME.fullmatch(text)
    if match:
        day, clock, fraction, offset = match.groups()
    elif DATE.fullmatch(text):
        day, clock, fraction, offset = text, "00:00:00", None, None
    else:
        raise ValueError(f"{text!r} is not a date, nor a time with seconds")
    try:
        cut = (fraction or ".")[1:7].ljust(6, "0")
        naive = datetime.fromisoformat(f"{day}T{clock}.{cut}")
        return naive - _offset(offset) if offset else zone.to_utc(naive)
    except (ValueError, OverflowError):
        raise ValueError(f"{text} is no time of the calendar") from None


def _offset(text: str) -> timedelta:
    if text in "Zz":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError(text)
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


def parse_month(text: str) -> str:
    if text != "*" and not MONTH.fullmatch(text):
        raise ValueError(f"{text!r} is neither a month YYYY-MM nor *")
    return text


def parse_currency(text: str) -> str:
    if not CURRENCY.fullmatch(text):
        raise ValueError(f"{text!r} is not a currency code of three capital letters")
    return text


# Kinds that a cell's text alone decides.
PARSERS: dict[str, Callable[[str], Value]] = {
    "text": str,
    "decimal": parse_decimal,
    "rate": lambda text: parse_decimal(text, 12),
    "count": parse_count,
    "date": parse_date,
    "utc_time": lambda text: parse_time(text, UTC),
    "month": parse_month,
    "currency": parse_currency,
}
