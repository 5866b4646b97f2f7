"""What refused rows carried of money: read where it can be read exactly, unknown where not, and summed without loss."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.loading.refused_sums import altogether
from tests.orchestration.loading.reading import BILL, EVENT, RUN, as_csv, as_jsonl, rows_of
from tests.orchestration.loading.zones import ZoneFolder, billing, job, usage

CARRIED = ("refused_credits", "refused_cost_usd", "refused_amount", "refused_currency", "is_money_unknown")
GOOD = {"usage": EVENT, "billing": BILL, "jobs": RUN}


def carried(row: dict[str, Any]) -> list[str | None]:
    return [None if row[name] is None else str(row[name]) for name in CARRIED]


@pytest.mark.parametrize("as_text", [as_jsonl, as_csv])
@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        (
            "usage",
            {"user_rating": 9, "credits": 12.5, "cost_usd": "0.1234565"},
            ["12.500000", "0.123457", None, None, "False"],
        ),
        ("usage", {"user_rating": 9}, [None, None, None, None, "False"]),
        ("usage", {"user_rating": 9, "input_credits": 1, "output_credits": 2}, ["3.000000", None, None, None, "False"]),
        ("usage", {"input_credits": 1.5}, ["1.500000", None, None, None, "False"]),
        ("usage", {"cost_usd": -0.847665}, [None, "-0.847665", None, None, "False"]),
        ("usage", {"credits": 1e15, "cost_usd": 0}, ["1000000000000000.000000", "0.000000", None, None, "False"]),
        ("usage", {"credits": "1e40"}, [None, None, None, None, "True"]),
        ("usage", {"tenant_id": None, "credits": "many", "cost_usd": 1}, [None, "1.000000", None, None, "True"]),
        (
            "usage",
            {"input_credits": 10**23 * 9, "output_credits": 10**23 * 9},
            ["1800000000000000000000000.000000", None, None, None, "False"],
        ),
        (
            "billing",
            {"kind": "gift", "amount": 9.99, "currency": "EUR"},
            ["10.000000", None, "9.990000", "EUR", "False"],
        ),
        ("billing", {"currency": "eur", "amount": -5}, ["10.000000", None, "-5.000000", "eur", "False"]),
        ("billing", {"credits": "x", "amount": 5}, [None, None, "5.000000", None, "True"]),
        ("jobs", {"status": "gone", "credits": 4}, ["4.000000", None, None, None, "False"]),
        (
            "jobs",
            {"tenant_id": None, "quantity": 3, "unit_price_credits": 0.5},
            ["1.500000", None, None, None, "False"],
        ),
        (
            "jobs",
            {"quantity": "999999999999", "unit_price_credits": "999999999999.999999", "ended_at": "x"},
            ["999999999998999999000000.000001", None, None, None, "False"],
        ),
    ],
)
def test_a_refused_row_says_what_it_carried(
    tmp_path: Path, source: str, given: dict[str, Any], expected: list[str | None], as_text: Callable[..., bytes]
) -> None:
    name = "a.csv" if as_text is as_csv else "a.jsonl"
    (row,) = rows_of(tmp_path, {name: as_text([{**GOOD[source], **given}])}, source)
    assert row["reason"] is not None
    assert carried(row) == expected


def test_a_good_row_carries_nothing_here_and_a_malformed_one_what_nobody_knows(tmp_path: Path) -> None:
    lines = as_jsonl([{**EVENT, "credits": 1}]) + b'{"credits": 5, "cost_usd": \n{"credits": 5, "credits": 6}\n'
    rows = rows_of(tmp_path, {"a.jsonl": lines})
    assert [carried(row) for row in rows] == [[None] * 5, *[[None, None, None, None, "True"]] * 2]


def refused_zone(zone: ZoneFolder) -> None:
    zone.lines(
        "usage/2026-03-01/a.jsonl",
        usage("e1", credits=5),
        *(usage(f"r{number}", user_rating=9, credits="999999999999.999999", cost_usd=0.25) for number in range(3)),
        usage("n", cost_usd=-0.5),
        "{malformed",
        usage("nothing", user_rating=0),
    )
    zone.lines(
        "billing/2026-03-01/b.jsonl",
        billing("b1", kind="gift", amount=10, currency="EUR", credits=0),
        billing("b2", kind="gift", amount=20, credits=0),
        billing("b3", kind="gift", amount=-7.5, currency="EUR", credits=0),
    )
    zone.lines("jobs/2026-03-01/j.jsonl", job("j1", status="odd", credits=2))
    zone.put("usage/2026-03-01/broken.parquet", b"PAR1")
    row = {
        "request_id": "q",
        "call_type": "acompletion",
        "spend": 0.0123,
        "startTime": "2026-03-01 10:00:00",
        "model": "m",
        "prompt_tokens": -1,
        "completion_tokens": 1,
        "messages": "secret",
    }
    zone.lines("litellm/2026-03-01/s.jsonl", row, {**row, "request_id": "q2", "spend": "a lot"})


def test_a_load_sums_what_its_refused_rows_carried(zone: ZoneFolder) -> None:
    refused_zone(zone)
    summary = zone.load(quarantine_limit_pct=100)
    whole = altogether(summary.refused)
    assert whole.as_json() == {
        "credits": "3000000000001.999997",
        "cost_usd": "0.762300",
        "amounts": {"(none)": "20.000000", "EUR": "10.000000"},
        "below_zero": {"credits": "0.000000", "cost_usd": "-0.500000", "amounts": {"EUR": "-7.500000"}},
        "rows": 12,
        "unknown_rows": 3,
    }
    by_reason = {(each.source, each.reason): each.in_words() for each in summary.refused}
    assert by_reason == {
        ("billing", "bad_value"): "3 rows with 20.00 of billing in the tenant's currency, 10.00 EUR of billing, "
        "below 0: -7.50 EUR of billing",
        ("jobs", "bad_value"): "1 row with 2.00 credits",
        ("litellm", "bad_type"): "1 row with an unknown sum",
        ("litellm", "bad_value"): "1 row with 0.0123 USD of cost",
        ("usage", "bad_value"): "4 rows with 0.75 USD of cost, 2,999,999,999,999.999997 credits, "
        "below 0: -0.50 USD of cost",
        ("usage", "malformed"): "1 row with an unknown sum",
        ("usage", "unreadable_file"): "1 row with an unknown sum",
    }
    assert "secret" not in json.dumps(zone.query("from audit.quarantine where source = 'litellm'"), default=str)
    assert zone.load(quarantine_limit_pct=100).refused == ()


def test_a_file_that_lands_again_replaces_what_its_rows_carried(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("r", user_rating=9, cost_usd=1))
    zone.load(quarantine_limit_pct=100)
    rows = [usage(f"r{number}", user_rating=9, cost_usd=number) for number in (1, 2)]
    zone.lines("usage/2026-03-01/a.jsonl", *rows)
    assert altogether(zone.load(quarantine_limit_pct=100).refused).above.cost_usd == 3
    assert zone.query("select sum(cost_usd) from audit.quarantine") == [(Decimal(3),)]


def test_a_warehouse_of_an_earlier_version_gets_the_columns(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("r", user_rating=9, cost_usd=1))
    zone.load(quarantine_limit_pct=100)
    with duckdb.connect(str(zone.warehouse)) as con:
        for column in ("credits", "cost_usd", "amount", "currency", "is_money_unknown"):
            con.execute(f"alter table audit.quarantine drop column {column}")
    zone.lines("usage/2026-03-02/b.jsonl", usage("s", user_rating=9, cost_usd=2))
    zone.load(quarantine_limit_pct=100)
    assert zone.query("select line, cost_usd, is_money_unknown from audit.quarantine order by file") == [
        (1, None, None),
        (1, Decimal(2), False),
    ]
