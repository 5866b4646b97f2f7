"""Random values at and beyond every bound, judged by a reader of its own: the load never raises, and says the same."""

# ruff: noqa: DTZ001, DTZ901 (the warehouse's times are UTC and carry no zone)

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.loading.reading import GOOD, LANDED, as_csv, rows_of

COUNTS = {
    "usage": ["input_tokens", "output_tokens", "cached_input_tokens", "reasoning_tokens", "latency_ms", "duration_s"],
    "billing": ["priority", "revision"], "jobs": ["revision"],
}  # fmt: skip
AMOUNTS = {"usage": ["credits", "input_credits", "output_credits", "cost_usd"], "billing": ["credits", "amount"],
           "jobs": ["quantity", "unit_price_credits", "credits"]}  # fmt: skip
TIMES = {"usage": ["occurred_at"], "billing": ["occurred_at"], "jobs": ["started_at", "ended_at"]}
DATES = {"usage": [], "billing": ["expires_on", "period_start", "period_end"], "jobs": []}
SIGNED = {"priority", "amount"}
BOUNDS = (2**31, 2**53, 2**63, 2**64, 10**18, 10**38)
INTEGERS = ["-1", "0", "1", "7", "8", *(str(base + step) for base in BOUNDS for step in (-1, 0, 1))]
DECIMALS = [
    *INTEGERS, "0.0000005", "0.0000004999", "999999999999.999999", "999999999999.9999994", "999999999999.9999995",
    "500000000000", "1e11", "1e12", "1E-6", "-0.5", "-0", "9" * 40, "1e400", "1e-400", "0." + "9" * 40,
]  # fmt: skip
MOMENTS = [
    "0000-01-01", "0001-01-01", "1582-10-15", "1899-12-31", "1970-01-01", "1999-12-31", "2000-01-01", "2026-02-29",
    "2026-03-04", "2026-03-06", "2026-03-07", "2026-03-08", "2262-04-12", "9999-12-30", "9999-12-31",
]  # fmt: skip
CLOCKS = ["00:00:00", "10:00:00", "23:59:59.999999", "12:00:00.1234567", "24:00:00", "23:59:60"]
OFFSETS = ["Z", "Z", "Z", "+00:00", "-00:01", "+23:59", "-23:59", "+14:00", ""]


def landed_rows(source: str, count: int) -> list[dict[str, Any]]:
    """Good rows of which up to four fields have another value, the same ones each time."""
    draw = random.Random(source)
    pools = {**dict.fromkeys(COUNTS[source], INTEGERS), **dict.fromkeys(AMOUNTS[source], DECIMALS),
             **dict.fromkeys(DATES[source], MOMENTS)}  # fmt: skip
    landed = []
    for _ in range(count):
        given = {name: draw.choice(pool) for name, pool in draw.sample(sorted(pools.items()), min(3, len(pools)))}
        for name in draw.sample(TIMES[source], draw.choice((0, 0, 1))):
            given[name] = f"{draw.choice(MOMENTS)}T{draw.choice(CLOCKS)}{draw.choice(OFFSETS)}"
        landed.append({**GOOD[source], **given})
    return landed


def moment(text: str) -> datetime | None:
    """A time in UTC, which may lie outside of Python's own years: the nearest one that does not. None: it is none."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text)
    if match is None:
        return None
    day, clock, fraction, offset = match.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '')[:6]:0<6}")
    except ValueError:
        return None
    shift = timedelta(0) if offset == "Z" else timedelta(hours=int(offset[1:3]), minutes=int(offset[4:]))
    try:
        return at - shift if offset[0] != "-" else at + shift
    except OverflowError:
        return datetime.max if at.year > 5000 else datetime.min


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def amount(text: str) -> Decimal | None:
    """An amount of six digits; None: none that is accepted."""
    with localcontext(prec=1000):
        value = Decimal(text)
        if abs(value) >= 10**13:
            return None
        exact = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return exact if abs(exact) < 10**12 else None


def values_of(source: str, row: dict[str, Any]) -> dict[str, Any]:
    """What the numbers, times and dates of a row say; None where they say nothing."""
    read = dict.fromkeys(COUNTS[source], int) | dict.fromkeys(AMOUNTS[source], amount)
    read |= dict.fromkeys(TIMES[source], moment) | dict.fromkeys(DATES[source], day_of)
    return {name: read[name](str(text)) for name, text in row.items() if name in read}


def reasons(source: str, row: dict[str, Any], values: dict[str, Any]) -> Iterator[str]:
    """Every rule that the row breaks, in the order of reasons."""
    for name in TIMES[source] + DATES[source]:
        if name in values and values[name] is None:
            yield "bad_timestamp"
    for name, value in values.items():
        is_bad = value is None or (name in COUNTS[source] and abs(value) > 2**53 - 1)
        is_bad = is_bad or (isinstance(value, int | Decimal) and value < 0 and name not in SIGNED)
        is_bad = is_bad or (isinstance(value, datetime) and not datetime(2000, 1, 1) <= value < datetime(9999, 12, 31))
        if is_bad or (type(value) is date and value < date(2000, 1, 1)):
            yield "bad_value"
    known = {name: value for name, value in values.items() if value is not None}
    split = known.get("input_credits"), known.get("output_credits")
    for part, whole in (("cached_input_tokens", "input_tokens"), ("reasoning_tokens", "output_tokens")):
        if known.get(part, 0) > known.get(whole, 0):
            yield "bad_value"
    if (split[0] is None) != (split[1] is None):
        yield "bad_value"
    if split[0] is not None and split[1] is not None and sum(split) != known.get("credits", sum(split)):
        yield "bad_value"
    if "period_start" in known and "period_end" in known and known["period_end"] <= known["period_start"]:
        yield "bad_value"
    if known.get("ended_at", datetime.max) < known.get("started_at", datetime.min):
        yield "bad_value"
    clock = known.get(TIMES[source][0], datetime.min)
    if clock > datetime.combine(LANDED, datetime.min.time()) + timedelta(days=2):
        yield "future_timestamp"


@pytest.mark.parametrize("source", ["usage", "billing", "jobs"])
def test_no_value_raises_and_all_are_judged_alike(tmp_path: Path, source: str) -> None:
    landed = landed_rows(source, 1500)
    judged = [values_of(source, row) for row in landed]
    expected = [next(reasons(source, row, values), None) for row, values in zip(landed, judged, strict=True)]
    assert {None, "bad_value", "bad_timestamp", "future_timestamp"} == set(expected)
    numbers = set(COUNTS[source] + AMOUNTS[source])
    lines = ["{" + ", ".join(f"{json.dumps(name)}: {value if name in numbers else json.dumps(value)}"
                             for name, value in row.items()) + "}\n" for row in landed]  # fmt: skip
    for content in ({"a.jsonl": "".join(lines).encode()}, {"a.csv": as_csv(landed)}):
        found = rows_of(tmp_path, content, source)
        verdicts = [row["reason"] for row in found]
        assert [each for each in zip(landed, expected, verdicts, strict=True) if each[1] != each[2]] == []
        for row, values, reason in zip(found, judged, expected, strict=True):
            assert reason or {name: row[name] for name in values} == values
