"""Parquet: what each column type gives for each kind of field, files of several schemas, broken files."""
# ruff: noqa: DTZ001 (the warehouse's times are UTC and carry no zone)

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.loading.readers.parquet_rows import read_halving
from orchestration.loading.readers.read import read_files
from tests.orchestration.loading.reading import BILL, EVENT, files_of, landed, rows_of, verdicts

AT = datetime(2026, 3, 4, 5, 6, 7, 123456)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
UTC_TIME = pa.timestamp("us", tz="UTC")


def parquet(rows: Sequence[dict[str, Any]], **types: pa.DataType) -> bytes:
    columns = {name: pa.array([row.get(name) for row in rows], types.get(name)) for row in rows for name in row}
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=3)
    return sink.getvalue()


def event(**given: Any) -> dict[str, Any]:
    return {**EVENT, "occurred_at": AT.replace(tzinfo=UTC), **given}


@pytest.mark.parametrize(
    ("given", "types", "verdict"),
    [
        ({}, {"occurred_at": pa.timestamp("ns", tz="Europe/Berlin")}, None),
        ({}, {"occurred_at": pa.timestamp("ms", tz="UTC")}, None),
        ({"occurred_at": FIRST - timedelta(microseconds=1)}, {}, "bad_value:occurred_at"),
        ({"occurred_at": datetime.max.replace(tzinfo=UTC)}, {}, "bad_value:occurred_at"),
        ({"occurred_at": -(2**63)}, {"occurred_at": UTC_TIME}, "bad_value:occurred_at"),
        ({"occurred_at": 1 - 2**63}, {"occurred_at": UTC_TIME}, "bad_value:occurred_at"),
        ({"occurred_at": 2**63 - 1}, {"occurred_at": UTC_TIME}, "bad_value:occurred_at"),
        ({"occurred_at": AT}, {}, "bad_timestamp:occurred_at"),
        ({"occurred_at": AT}, {"occurred_at": pa.timestamp("ns")}, "bad_timestamp:occurred_at"),
        ({"occurred_at": date(2026, 3, 4)}, {}, "bad_timestamp:occurred_at"),
        ({"occurred_at": 1772600767}, {}, "bad_type:occurred_at"),
        ({"occurred_at": "2026-03-04T05:06:07.123456Z"}, {}, None),
        ({"occurred_at": "2026-03-04T05:06:07"}, {}, "bad_timestamp:occurred_at"),
        ({"user_id": 5}, {}, "bad_type:user_id"),
        ({"user_id": None}, {"user_id": pa.int64()}, None),
        ({"user_id": None}, {"user_id": pa.null()}, None),
        ({"user_id": "u"}, {"user_id": pa.dictionary(pa.int8(), pa.string())}, None),
        ({"user_id": b"u"}, {"user_id": pa.binary()}, "bad_type:user_id"),
        ({"event_id": ""}, {}, "missing_field:event_id"),
        ({"event_type": 5, "model_id": None}, {"model_id": pa.string()}, "bad_type:event_type"),
        ({"input_tokens": 2**53}, {}, "bad_value:input_tokens"),
        ({"input_tokens": 2**64 - 1}, {"input_tokens": pa.uint64()}, "bad_value:input_tokens"),
        ({"input_tokens": 5.0}, {}, None),
        ({"input_tokens": 5.5}, {}, "bad_type:input_tokens"),
        ({"input_tokens": float("nan")}, {}, "bad_type:input_tokens"),
        ({"input_tokens": Decimal("5.000")}, {}, None),
        ({"input_tokens": "5"}, {}, None),
        ({"input_tokens": True}, {}, "bad_type:input_tokens"),
        ({"credits": True}, {}, "bad_type:credits"),
        ({"credits": [1]}, {}, "bad_type:credits"),
        ({"credits": float("inf")}, {}, "bad_type:credits"),
        ({"credits": 1e12}, {}, "bad_value:credits"),
        ({"credits": Decimal("1000000000000")}, {}, "bad_value:credits"),
        ({"tags": '{"a": "b"}'}, {}, None),
        ({"tags": "x"}, {}, "bad_type:tags"),
        ({"tags": 5}, {}, "bad_type:tags"),
        ({"tags": {"a": 1}}, {}, "bad_type:tags"),
        ({"tags": ["a"]}, {}, "bad_type:tags"),
        ({"tags": [("a", None)]}, {"tags": pa.map_(pa.string(), pa.string())}, "bad_type:tags"),
        ({}, {"occurred_at": pa.timestamp("ns", tz="+05:30")}, None),
        ({}, {"occurred_at": pa.timestamp("us", tz="-03:00")}, None),
        ({"occurred_at": 2**62}, {"occurred_at": pa.timestamp("ms", tz="UTC")}, "bad_timestamp:occurred_at"),
        ({"occurred_at": 2**63 - 1}, {"occurred_at": pa.timestamp("us", tz="UTC")}, "bad_value:occurred_at"),
        ({"occurred_at": -(2**62)}, {"occurred_at": pa.timestamp("us", tz="UTC")}, "bad_value:occurred_at"),
        ({"occurred_at": AT.time()}, {}, "bad_type:occurred_at"),
        ({"user_id": "u"}, {"user_id": pa.large_string()}, None),
        ({"user_id": "u"}, {"user_id": pa.string_view()}, None),
        ({"user_id": UUID(int=5).bytes}, {"user_id": pa.uuid()}, None),
        ({"user_id": UUID(int=5).bytes}, {"user_id": pa.binary(16)}, "bad_type:user_id"),
        ({"user_id": '"u"'}, {"user_id": pa.json_()}, None),
        ({"user_id": " null"}, {"user_id": pa.json_()}, None),
        ({"user_id": "5"}, {"user_id": pa.json_()}, "bad_type:user_id"),
        ({"user_id": "{}"}, {"user_id": pa.json_()}, "bad_type:user_id"),
        ({"user_id": "u"}, {"user_id": pa.json_()}, "bad_type:user_id"),
        ({"user_id": "u"}, {"user_id": pa.dictionary(pa.int8(), pa.large_string())}, None),
        ({"user_id": b"u"}, {"user_id": pa.binary_view()}, "bad_type:user_id"),
        ({"occurred_at": '"2026-03-04T05:06:07.123456Z"'}, {"occurred_at": pa.json_()}, None),
        ({"occurred_at": "1772600767"}, {"occurred_at": pa.json_()}, "bad_type:occurred_at"),
        ({"input_tokens": " 5.0 "}, {"input_tokens": pa.json_()}, None),
        ({"input_tokens": "true"}, {"input_tokens": pa.json_()}, "bad_type:input_tokens"),
        ({"latency_ms": 5}, {"latency_ms": pa.duration("us")}, "bad_type:latency_ms"),
        ({"latency_ms": 5}, {"latency_ms": pa.int8()}, None),
        ({"latency_ms": 5}, {"latency_ms": pa.dictionary(pa.int8(), pa.int64())}, None),
        ({"tags": '{"a": "b"}'}, {"tags": pa.json_()}, None),
        ({"tags": '{"a": "b"}'}, {"tags": pa.large_string()}, None),
        ({"tags": "null"}, {"tags": pa.json_()}, None),
        ({"tags": '{"a": 1}'}, {"tags": pa.json_()}, "bad_type:tags"),
        ({"tags": '{"a": "1", "a": "2"}'}, {"tags": pa.json_()}, "bad_type:tags"),
        ({"tags": '"{}"'}, {"tags": pa.json_()}, "bad_type:tags"),
        ({"tags": '{"a": "b"'}, {"tags": pa.json_()}, "bad_type:tags"),
        ({"tags": [("a", "b"), ("a", "c")]}, {"tags": pa.map_(pa.string(), pa.string())}, "bad_type:tags"),
        ({"tags": [("a", b"b")]}, {"tags": pa.map_(pa.string(), pa.binary())}, "bad_type:tags"),
        ({"tags": []}, {"tags": pa.map_(pa.string(), pa.binary())}, None),
        ({"tags": [("a", AT)]}, {"tags": pa.map_(pa.string(), pa.timestamp("us", tz="UTC"))}, "bad_type:tags"),
        ({"tags": {"a": "b", "at": AT}}, {}, "bad_type:tags"),
        ({"tags": {"a": "b", "at": None}}, {}, None),
        ({"tags": {"a": ["b"]}}, {}, "bad_type:tags"),
        ({"tags": [{"key": "a", "value": "b"}]}, {}, "bad_type:tags"),
        ({"credits": {"a": 1}}, {}, "bad_type:credits"),
        ({"credits": AT.date()}, {}, "bad_type:credits"),
    ],
)
def test_column_types(
    tmp_path: Path, given: dict[str, Any], types: dict[str, pa.DataType], verdict: str | None
) -> None:
    (row,) = rows_of(tmp_path, {"a.parquet": parquet([event(**given)], **types)})
    assert verdicts([row]) == [verdict]
    assert verdict or row["occurred_at"] in (AT, AT.replace(microsecond=123000))


def test_the_first_time_that_counts_is_the_first_of_2000(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, {"a.parquet": parquet([event(occurred_at=FIRST)])})
    assert verdicts([row]) == [None] and row["occurred_at"] == FIRST.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("given", "kind", "exact"),
    [
        (0.1, pa.float32(), "0.1"),
        (1e-7, pa.float64(), "0"),
        (5e-7, pa.float64(), "0.000001"),
        (123456.7891235, pa.float64(), "123456.789124"),
        (7, pa.int32(), "7"),
        (Decimal("0.1234565"), pa.decimal128(20, 7), "0.123457"),
        (Decimal("-0"), pa.decimal128(38, 6), "0"),
        (Decimal("0.12345649999999999999"), pa.decimal128(38, 20), "0.123456"),
        ("1.0000005", pa.string(), "1.000001"),
        (Decimal("999999999999.999999"), pa.decimal128(38, 6), "999999999999.999999"),
        (Decimal("0.30"), pa.decimal32(5, 2), "0.3"),
        (Decimal("0.30"), pa.decimal64(15, 2), "0.3"),
        (Decimal("0.3"), pa.decimal256(50, 10), "0.3"),
        (Decimal("0.0000005"), pa.decimal256(70, 60), "0.000001"),
        (Decimal("0.0000004999999999999999999999999999999999999999"), pa.decimal256(70, 60), "0"),
        (np.float16(0.1), pa.float16(), "0.1"),
        (5, pa.uint64(), "5"),
        ("0.1234565", pa.json_(), "0.123457"),
        ('"1e-3"', pa.json_(), "0.001"),
    ],
)
def test_decimals_are_exact(tmp_path: Path, given: Any, kind: pa.DataType, exact: str) -> None:
    (row,) = rows_of(tmp_path, {"a.parquet": parquet([event(credits=given)], credits=kind)})
    assert (row["credits"], row["reason"]) == (Decimal(exact), None)


def test_a_value_beyond_the_warehouse_costs_its_row_alone(tmp_path: Path) -> None:
    rows = [event(event_id="e1", credits=Decimal("0.3")), event(event_id="e2", credits=Decimal(10) ** 40)]
    found = rows_of(tmp_path, {"a.parquet": parquet(rows, credits=pa.decimal256(50, 6))})
    assert verdicts(found) == [None, "bad_value:credits"]
    assert found[0]["credits"] == Decimal("0.3")


def test_text_that_is_no_utf8_costs_its_row_alone(tmp_path: Path) -> None:
    names = pa.array([b"u1", b"\xff\xfe", None, b"u4"])
    table = pq.read_table(io.BytesIO(parquet([event(event_id=f"e{number}", region=1) for number in range(4)])))
    sink = io.BytesIO()
    pq.write_table(table.append_column("user_id", names.view(pa.string())), sink)
    con = duckdb.connect()
    read_files(con, "usage", landed(tmp_path, {"a.parquet": sink.getvalue()}))
    assert con.execute("SELECT line_no, user_id, reason FROM landed_usage ORDER BY ALL").fetchall() == [
        (1, "u1", None),
        (2, "\ufffd\ufffd", "malformed"),
        (3, None, None),
        (4, "u4", None),
    ]
    assert con.execute("FROM landed_drift").fetchall() == [(1, "region")]


def test_json_that_is_none_costs_its_row_alone(tmp_path: Path) -> None:
    rows = [event(event_id="e1", tags='{"a": "b"}', user_id='"u"'), event(event_id="e2", tags="{a", user_id="NaN")]
    found = rows_of(tmp_path, {"a.parquet": parquet(rows, tags=pa.json_(), user_id=pa.json_())})
    assert [(row["event_id"], row["reason"], row["tags"]) for row in found] == [
        ("e1", None, '{"a":"b"}'),
        ("e2", "bad_type", None),
    ]
    assert found[0]["user_id"] == "u"
    assert "{a" in found[1]["raw_text"]


def test_columns_that_nobody_asked_for_may_be_anything(tmp_path: Path) -> None:
    strange = {"filename": "x", "File_Row_Number": 1, "file_id": 9, "huge": Decimal(1), "line_no": 7, "raw": "r"}
    found = rows_of(
        tmp_path,
        {
            "a.parquet": parquet([event(**strange)], huge=pa.decimal256(70, 10)),
            "b.parquet": parquet([event(file_id=9, line_no=7, raw="r", data="d", listed="l")]),
        },
    )
    assert [(row["file_id"], row["line_no"], row["event_id"], row["reason"]) for row in found] == [
        (1, 1, "e1", None),
        (2, 1, "e1", None),
    ]


def test_names_of_folders_and_files_say_nothing(tmp_path: Path) -> None:
    content = parquet([event(user_id="u")])
    names = [
        "tenant_id=other/user_id=x/a.parquet",
        "[x].parquet",
        "a*b.parquet",
        "who?.parquet",
        "a#b.parquet",
        "a%20b.parquet",
        "q'u\"o.parquet",
        "a\nb.parquet",
        " .parquet",
        "{a,b}.parquet",
        "a//b.parquet",
    ]
    found = rows_of(tmp_path, {**dict.fromkeys(names, content), "ab.parquet": parquet([event(event_id="e2")])})
    assert [(row["tenant_id"], row["event_id"]) for row in found] == [("t1", "e1")] * 11 + [("t1", "e2")]


def test_times_that_are_infinite_are_of_no_calendar(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    ends = ", ".join(f"('{end}'::timestamptz)" for end in ("infinity", "-infinity", "2026-03-05 00:00:00+00"))
    duckdb.execute(f"""
        COPY (SELECT ended_at::varchar AS job_run_id, 'j' AS job_id, 'asset' AS job_type, 't1' AS tenant_id,
                     'success' AS status, TIMESTAMPTZ '2026-03-04 00:00:00+00' AS started_at, ended_at
              FROM (VALUES {ends}, (NULL)) AS given(ended_at)) TO '{path}'""")
    found = rows_of(tmp_path, {"a.parquet": path.read_bytes()}, "jobs")
    assert sorted(map(str, verdicts(found))) == [
        "None",
        "bad_value:ended_at",
        "bad_value:ended_at",
        "missing_field:job_run_id",
    ]


def test_tags_of_any_shape_have_one_text(tmp_path: Path) -> None:
    tags = {"b": "1", "a": 'é"'}
    contents = {
        "map.parquet": parquet([event(tags=list(tags.items()))], tags=pa.map_(pa.string(), pa.string())),
        "struct.parquet": parquet([event(tags=tags), event(tags={"c": "2"}), event(tags=None)]),
        "text.parquet": parquet([event(tags=json.dumps(tags))]),
        "a.jsonl": json.dumps({**EVENT, "tags": tags}).encode(),
    }
    rows = rows_of(tmp_path, contents)
    assert verdicts(rows) == [None] * 6
    text = '{"a":"é\\"","b":"1"}'
    assert [row["tags"] for row in rows] == [text, text, '{"c":"2"}', None, text, text]


def test_dates_and_row_numbers(tmp_path: Path) -> None:
    rows = [{**BILL, "billing_id": f"b{number}", "expires_on": date(2026, 4, number)} for number in range(1, 9)]
    rows[5]["kind"] = "gift"
    found = rows_of(tmp_path, {"a.parquet": parquet(rows)}, "billing")
    assert [(row["line_no"], row["billing_id"], row["expires_on"].day) for row in found] == [
        (number, f"b{number}", number) for number in range(1, 9)
    ]
    bad = found[5]
    assert (bad["reason"], json.loads(bad["raw_text"])["billing_id"]) == ("bad_value", "b6")


def test_schemas_may_differ_and_names_are_case_sensitive(tmp_path: Path) -> None:
    contents = {
        "a.parquet": parquet([{"Event_ID": "no", **event(region="eu")}]),
        "b.parquet": parquet([event(), event(event_id="e2")]),
        "c.parquet": parquet([{"EVENT_ID" if name == "event_id" else name: value for name, value in event().items()}]),
    }
    con = duckdb.connect()
    read_files(con, "usage", landed(tmp_path, contents))
    assert con.execute("SELECT file_id, event_id, reason FROM landed_usage ORDER BY ALL").fetchall() == [
        (1, "e1", None),
        (2, "e1", None),
        (2, "e2", None),
        (3, None, "missing_field"),
    ]
    assert con.execute("FROM landed_drift ORDER BY ALL").fetchall() == [(1, "Event_ID"), (1, "region"), (3, "EVENT_ID")]


def test_broken_files_take_no_other_with_them(tmp_path: Path) -> None:
    good = parquet([event(event_id=f"e{number}" * 50) for number in range(300)])
    footer = int.from_bytes(good[-8:-4], "little") + 8
    middle = (len(good) - footer) // 2
    damaged = good[: middle - 400] + b"\xff" * 800 + good[middle + 400 :]
    contents = {
        "a.parquet": good,
        "b.parquet": good[:-10],
        "c.parquet": damaged,
        "d.parquet": b"PAR1PAR1",
        "e.parquet": good,
    }
    found = files_of(tmp_path, contents)
    assert [(row["rows_read"], row["quarantined"], row["unreadable"]) for row in found] == [
        (300, 0, False),
        (1, 1, True),
        (1, 1, True),
        (1, 1, True),
        (300, 0, False),
    ]


def test_a_fault_of_the_machine_is_not_laid_on_a_file() -> None:
    def read(paths: Sequence[str]) -> None:
        raise duckdb.OutOfMemoryException("no memory")

    with pytest.raises(duckdb.OutOfMemoryException):
        read_halving(["a", "b"], read, lambda path, why: pytest.fail(path))


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    content = parquet([event()])
    sink = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(content)).slice(0, 0), sink)
    (found,) = files_of(tmp_path, {"a.parquet": sink.getvalue()})
    assert (found["rows_read"], found["unreadable"]) == (0, False)
