"""Files: what a table says is what each format says, and the bytes know no clock."""

import csv
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from orchestration.generating.tables import decimals
from orchestration.generating.writing import Writer

ENDINGS = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "parquet")


@pytest.fixture
def table() -> pa.Table:
    micro = np.array([1, 0, 123_456_789_012])
    return pa.table(
        {
            "event_id": ["e-1", "e-2", "e-3"],
            "occurred_at": pa.array([0, 1, 1_795_300_000_123], pa.timestamp("ms")),
            "team_id": pa.array(["sales", None, None]),
            "input_tokens": pa.array([5, None, 0]),
            "credits": decimals(micro, np.array([False, True, False])),
            "tags": pa.array([None, '{"surface":"web"}', None]),
        }
    )


def text_of(path: Path) -> str:
    body = path.read_bytes()
    if path.name.endswith(".gz"):
        body = gzip.decompress(body)
    elif path.name.endswith(".zst"):
        body = zstandard.ZstdDecompressor().decompress(body)
    return body.decode("utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_same_table_same_bytes(table: pa.Table, tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / "a" / f"x.{ending}", tmp_path / "b" / f"x.{ending}"
    Writer().write(table, first)
    Writer().write(table, second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_json_lines(table: pa.Table, tmp_path: Path, ending: str) -> None:
    Writer().write(table, tmp_path / f"x.{ending}")
    rows = [json.loads(line, parse_float=Decimal) for line in text_of(tmp_path / f"x.{ending}").splitlines()]
    assert rows == [
        {"event_id": "e-1", "occurred_at": "1970-01-01T00:00:00.000Z", "team_id": "sales", "input_tokens": 5,
         "credits": Decimal("0.000001")},
        {"event_id": "e-2", "occurred_at": "1970-01-01T00:00:00.001Z", "tags": {"surface": "web"}},
        {"event_id": "e-3", "occurred_at": "2026-11-21T22:26:40.123Z", "input_tokens": 0,
         "credits": Decimal("123456.789012")},
    ]  # fmt: skip


def test_long_tables_keep_their_order(tmp_path: Path) -> None:
    count = 250_000
    Writer().write(pa.table({"event_id": [f"e-{i}" for i in range(count)]}), tmp_path / "x.jsonl")
    lines = text_of(tmp_path / "x.jsonl").splitlines()
    assert lines == [f'{{"event_id":"e-{i}"}}' for i in range(count)]


def test_csv(table: pa.Table, tmp_path: Path) -> None:
    Writer().write(table, tmp_path / "x.csv.gz")
    rows = list(csv.DictReader(io.StringIO(text_of(tmp_path / "x.csv.gz"), newline="")))
    assert [row["credits"] for row in rows] == ["0.000001", "", "123456.789012"]
    assert [row["team_id"] for row in rows] == ["sales", "", ""]
    assert json.loads(rows[1]["tags"]) == {"surface": "web"}
    assert rows[1]["occurred_at"] == "1970-01-01T00:00:00.001Z"


def test_parquet_times_have_a_zone_and_credits_are_decimals(table: pa.Table, tmp_path: Path) -> None:
    Writer().write(table, tmp_path / "x.parquet")
    schema = pq.read_schema(tmp_path / "x.parquet")
    assert schema.field("occurred_at").type == pa.timestamp("us", "UTC")
    assert schema.field("credits").type == pa.decimal128(18, 6)
    assert pq.read_table(tmp_path / "x.parquet").column("credits").to_pylist()[2] == Decimal("123456.789012")


def test_compressed_headers_hold_no_time(table: pa.Table, tmp_path: Path) -> None:
    Writer().write(table, tmp_path / "x.csv.gz")
    assert (tmp_path / "x.csv.gz").read_bytes()[4:8] == bytes(4)
