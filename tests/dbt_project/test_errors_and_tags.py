"""Errors by type, and usage by tag, from logs of every format to the marts; bounded, and the same however it came."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.checking.findings import findings
from tests.orchestration.loading.zones import ZoneFolder, usage
from tests.parts import built_for

LONG = "overloaded " * 20
ERRORS = (
    "select usage_date::varchar, error_type, model_id, item_id, errors, requests "
    "from marts.mart_error_daily order by all"
)
TAGS = (
    "select usage_date::varchar, tag_key, tag_value, requests::int, credits::double "
    "from marts.mart_tag_daily order by all"
)


@pytest.fixture(scope="module", autouse=True)
def part() -> Iterator[None]:
    with built_for("mart_error_daily", "mart_tag_daily", "mart_data_findings", "mart_item_daily"):
        yield


def at(day: int, **fields: Any) -> dict[str, Any]:
    event_id = f"{day}-{zlib.crc32(json.dumps(fields).encode())}"
    return usage(event_id, occurred_at=f"2026-03-{day:02}T10:00:00Z", credits=1, **fields)


def as_csv(*rows: Mapping[str, Any]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(row | {"tags": json.dumps(row["tags"])} if "tags" in row else row for row in rows)
    return text.getvalue().encode()


def as_parquet(*rows: Mapping[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), sink)
    return sink.getvalue()


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    zone = ZoneFolder(tmp_path)
    zone.lines(
        "usage/2026-03-04/a.jsonl",
        at(1),
        at(1, status="error", error_type=LONG),
        at(1, status="error", error_type=f"{LONG}and more"),
        at(1, status="error", item_id="i"),
        at(1, error_type="of no error"),
        at(1, event_type="run", model_id=None, status="error", error_type=LONG, tags={"env": "dev"}),
    )
    zone.put("usage/2026-03-04/b.csv", as_csv(at(2, tags={"env": "prod", "team": ""}), at(2, tags={"env": "(none)"})))
    zone.put("usage/2026-03-04/c.parquet", as_parquet(at(3, tags={"env": "prod"}), at(3, tags={"env": "dev"})))
    zone.load()
    build_parts(zone.warehouse, None)
    return zone


def test_errors_and_tags_add_up_to_the_day_in_every_build(zone: ZoneFolder) -> None:
    warehouse = zone.warehouse
    first = LONG[:100]
    errors = [
        ("2026-03-01", "(none)", "m1", "i", 1, 1),
        ("2026-03-01", first, "m1", "(none)", 2, 4),
    ]
    assert rows_of(warehouse, ERRORS) == errors
    tags = [
        ("2026-03-01", "env", "(none)", 5, 5),
        ("2026-03-01", "env", "dev", 0, 1),
        ("2026-03-01", "team", "(none)", 5, 6),
        ("2026-03-02", "env", "(none)", 1, 1),
        ("2026-03-02", "env", "prod", 1, 1),
        ("2026-03-02", "team", "", 1, 1),
        ("2026-03-02", "team", "(none)", 1, 1),
        ("2026-03-03", "env", "dev", 1, 1),
        ("2026-03-03", "env", "prod", 1, 1),
        ("2026-03-03", "team", "(none)", 2, 2),
    ]
    assert rows_of(warehouse, TAGS) == tags

    zone.lines("usage/2026-03-05/late.jsonl", at(2, tags={"stage": "x" * 100_000}), at(3, status="error"))
    zone.load()
    assert build_parts(warehouse, None)
    assert rows_of(warehouse, f"select count(*), max(length(tag_value)) from ({TAGS}) where tag_key = 'stage'") == [
        (4, 100_000)
    ]
    assert rows_of(warehouse, ERRORS) == [*errors, ("2026-03-03", "(none)", "m1", "(none)", 1, 3)]
    assert differences_from_full_refresh(warehouse, None) == {}

    build_parts(warehouse, date(2026, 3, 1))
    assert rows_of(warehouse, TAGS) == tags[:2]
    assert rows_of(warehouse, ERRORS) == errors


def test_keys_without_end_leave_the_mart_in_bounds_and_are_named(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-05/many.jsonl", at(3, tags={f"k{number}": "v" for number in range(5000)}))
    zone.load()
    build_parts(zone.warehouse, None)
    keys = rows_of(zone.warehouse, "select tag_key, count(*) from marts.mart_tag_daily group by all order by all")
    assert len(keys) == 200
    assert {"env", "k0"} <= {key for key, _ in keys}
    assert findings(zone.warehouse) == (
        "usage: tag keys left out (tenant t1): mart_tag_daily has 200 of 5002 tag keys, those of most events",
    )
