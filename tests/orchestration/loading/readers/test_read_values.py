"""What is good and what is bad, field by field, and what becomes of a good value."""
# ruff: noqa: DTZ001 (the warehouse's times are UTC and carry no zone)

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orchestration.loading.reading import EVENT, GOOD, RUN, as_csv, as_jsonl, rows_of, verdicts

RELAXED = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

WRITES = {"cached_input_tokens": 2, "cache_write_input_tokens": 3, "cache_write_1h_input_tokens": 4}
JSON_CASES = [
    ("usage", {}, None),
    ("usage", {"event_id": ""}, "missing_field:event_id"),
    ("usage", {"event_id": None}, "missing_field:event_id"),
    ("usage", {"event_id": 7}, "bad_type:event_id"),
    ("usage", {"event_id": {}}, "bad_type:event_id"),
    ("usage", {"event_id": "é" * 200}, None),
    ("usage", {"event_id": "é" * 201}, "bad_value:event_id"),
    ("usage", {"tenant_id": "x" * 101}, "bad_value:tenant_id"),
    ("usage", {"model_id": ""}, "missing_field:model_id"),
    ("usage", {"model_id": None, "event_type": "run"}, None),
    ("usage", {"model_id": None, "event_type": "Request"}, "bad_value:event_type"),
    ("usage", {"model_id": None, "event_type": 3}, "bad_type:event_type"),
    ("usage", {"event_id": "", "credits": "x"}, "missing_field:event_id"),
    ("usage", {"occurred_at": "soon", "credits": True}, "bad_type:credits"),
    ("usage", {"occurred_at": "soon", "status": "done"}, "bad_timestamp:occurred_at"),
    ("usage", {"occurred_at": "2027-01-01T00:00:00Z", "status": "done"}, "bad_value:status"),
    ("usage", {"occurred_at": 1772600767}, "bad_type:occurred_at"),
    ("usage", {"occurred_at": "2026-03-07T00:00:00Z"}, None),
    ("usage", {"occurred_at": "2026-03-07T00:00:00.000001Z"}, "future_timestamp:occurred_at"),
    ("usage", {"occurred_at": "2026-03-07T05:30:00+05:30"}, None),
    ("usage", {"environment": "Live"}, "bad_value:environment"),
    ("usage", {"direction": "sideways"}, "bad_value:direction"),
    ("usage", {"input_tokens": 5.5}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "5.0"}, None),
    ("usage", {"input_tokens": " 5"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "+5"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "1_000"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "0x1F"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "5."}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "5\n5"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "٥"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": -1}, "bad_value:input_tokens"),
    ("usage", {"input_tokens": True}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": [1]}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": 2**53 - 1}, None),
    ("usage", {"input_tokens": 2**53}, "bad_value:input_tokens"),
    ("usage", {"input_tokens": 10**40}, "bad_value:input_tokens"),
    ("usage", {"input_tokens": "1e30"}, "bad_value:input_tokens"),
    ("usage", {"input_tokens": "15e-1"}, "bad_type:input_tokens"),
    ("usage", {"input_tokens": "1.5E+1"}, None),
    ("usage", {"credits": "1e-99999999999"}, None),
    ("usage", {"credits": "1e99999999999"}, "bad_value:credits"),
    ("usage", {"credits": "hello"}, "bad_type:credits"),
    ("usage", {"cached_input_tokens": 1}, "bad_value:cached_input_tokens"),
    ("usage", {**WRITES, "input_tokens": 9}, None),
    ("usage", {**WRITES, "input_tokens": 8}, "bad_value:cache_write_1h_input_tokens"),
    ("usage", {**WRITES, "input_tokens": 4}, "bad_value:cache_write_input_tokens"),
    ("usage", {**WRITES, "input_tokens": 1}, "bad_value:cached_input_tokens"),
    ("usage", {"input_tokens": 3, "cache_write_1h_input_tokens": 4}, "bad_value:cache_write_1h_input_tokens"),
    ("usage", {"input_tokens": 3, "cache_write_input_tokens": -1}, "bad_value:cache_write_input_tokens"),
    ("usage", {"input_tokens": 3, "cache_write_1h_input_tokens": 0.5}, "bad_type:cache_write_1h_input_tokens"),
    ("usage", {"output_tokens": 2, "reasoning_tokens": 3}, "bad_value:reasoning_tokens"),
    ("usage", {"credits": 10**12}, "bad_value:credits"),
    ("usage", {"credits": "999999999999.999999"}, None),
    ("usage", {"credits": -0.1}, "bad_value:credits"),
    ("usage", {"credits": "NaN"}, "bad_type:credits"),
    ("usage", {"credits": "1,5"}, "bad_type:credits"),
    ("usage", {"input_credits": 1}, "bad_value:output_credits"),
    ("usage", {"output_credits": 1}, "bad_value:input_credits"),
    ("usage", {"input_credits": 1, "output_credits": 2}, None),
    ("usage", {"input_credits": 1, "output_credits": 2, "credits": "3.0000001"}, None),
    ("usage", {"input_credits": 1, "output_credits": 2, "credits": 3.1}, "bad_value:credits"),
    (
        "usage",
        {"credits": 1, "input_credits": "999999999999.9", "output_credits": "999999999999.9"},
        "bad_value:credits",
    ),
    ("usage", {"input_credits": "999999999999.999999", "output_credits": "999999999999.999999"}, None),
    ("usage", {"occurred_at": "2000-01-01T00:00:00Z"}, None),
    ("usage", {"occurred_at": "1999-12-31T23:59:59.999999Z"}, "bad_value:occurred_at"),
    ("usage", {"occurred_at": "2000-01-01T00:00:00+00:01"}, "bad_value:occurred_at"),
    ("usage", {"occurred_at": "1970-01-01T00:00:00Z"}, "bad_value:occurred_at"),
    ("usage", {"occurred_at": "0001-01-01T00:00:00+23:59"}, "bad_value:occurred_at"),
    ("usage", {"occurred_at": "0000-01-01T00:00:00Z"}, "bad_timestamp:occurred_at"),
    ("usage", {"occurred_at": "9999-12-30T23:59:59Z"}, "future_timestamp:occurred_at"),
    ("usage", {"occurred_at": "9999-12-31T00:00:00Z"}, "bad_value:occurred_at"),
    ("usage", {"occurred_at": "9999-12-31T23:59:59-23:59"}, "bad_value:occurred_at"),
    ("usage", {"user_rating": 0}, "bad_value:user_rating"),
    ("usage", {"user_rating": 9}, "bad_value:user_rating"),
    ("usage", {"channel": 1}, "bad_type:channel"),
    ("usage", {"tags": '{"a": "b"}'}, "bad_type:tags"),
    ("usage", {"tags": {"a": 1}}, "bad_type:tags"),
    ("usage", {"tags": {"a": None}}, "bad_type:tags"),
    ("usage", {"tags": []}, "bad_type:tags"),
    ("usage", {"tags": {}}, None),
    ("usage", {"revision": ""}, None),
    ("usage", {"nested": {"event_id": 1}, "list": [[]]}, None),
    ("billing", {}, None),
    ("billing", {"credits": None}, "missing_field:credits"),
    ("billing", {"credits": None, "kind": "invoice"}, None),
    ("billing", {"credits": None, "kind": "gift"}, "missing_field:credits"),
    ("billing", {"kind": "gift"}, "bad_value:kind"),
    ("billing", {"kind": "Topup"}, "bad_value:kind"),
    ("billing", {"credits": -1}, "bad_value:credits"),
    ("billing", {"credits": -1, "kind": "refund"}, None),
    ("billing", {"pool": "bonus"}, "bad_value:pool"),
    ("billing", {"currency": "usd"}, "bad_value:currency"),
    ("billing", {"currency": "USDX"}, "bad_value:currency"),
    ("billing", {"amount": -3.5}, None),
    ("billing", {"expires_on": "2026-02-30"}, "bad_timestamp:expires_on"),
    ("billing", {"expires_on": "2026-3-1"}, "bad_timestamp:expires_on"),
    ("billing", {"expires_on": 20260301}, "bad_type:expires_on"),
    ("billing", {"period_start": "2026-03-01", "period_end": "2026-03-01"}, "bad_value:period_end"),
    ("billing", {"period_start": "2026-03-01", "period_end": "2026-03-02"}, None),
    ("billing", {"priority": -2}, None),
    ("billing", {"expires_on": "1999-12-31"}, "bad_value:expires_on"),
    ("billing", {"expires_on": "2000-01-01"}, None),
    ("billing", {"expires_on": "9999-12-31"}, None),
    ("billing", {"period_start": "1999-12-31", "period_end": "2026-01-01"}, "bad_value:period_start"),
    ("billing", {"period_start": "2000-01-01", "period_end": "9999-12-31"}, None),
    ("jobs", {}, None),
    ("jobs", {"job_type": "bespoke"}, None),
    ("jobs", {"status": "done"}, "bad_value:status"),
    ("jobs", {"status": None}, "missing_field:status"),
    ("jobs", {"quantity": -1}, "bad_value:quantity"),
    ("jobs", {"quantity": "many"}, "bad_type:quantity"),
    ("jobs", {"ended_at": "2026-03-04T05:06:06Z"}, "bad_value:ended_at"),
    ("jobs", {"ended_at": "2026-03-04T05:06:07Z"}, None),
    ("jobs", {"ended_at": "2030-03-04T05:06:07Z"}, None),
    ("jobs", {"ended_at": "9999-12-30T23:59:59Z"}, None),
    ("jobs", {"ended_at": "9999-12-31T00:00:00Z"}, "bad_value:ended_at"),
    ("jobs", {"started_at": "1970-01-01T00:00:00Z"}, "bad_value:started_at"),
    ("jobs", {"started_at": "2030-03-04T05:06:07Z"}, "future_timestamp:started_at"),
]


@pytest.mark.parametrize("source", ["usage", "billing", "jobs"])
def test_each_value_gets_the_first_reason_in_order(tmp_path: Path, source: str) -> None:
    cases = [(given, verdict) for name, given, verdict in JSON_CASES if name == source]
    lines = b"".join(json.dumps({**GOOD[source], **given}).encode() + b"\n" for given, _ in cases)
    found = verdicts(rows_of(tmp_path, {"a.jsonl": lines}, source))
    assert [(given, verdict) for (given, _), verdict in zip(cases, found, strict=True)] == cases


MALFORMED = [
    b"{",
    b"null",
    b"[1]",
    b"17",
    b'"text"',
    b"{} {}",
    b"{'a': 1}",
    b'{"event_id": "e",}',
    b'{"a": [1,]}',
    b'{"event_id": NaN}',
    b'{"credits": Infinity}',
    b'{"other": -inf}',
    b'{"tags": {"a": nan}}',
    b'{"other": {"a": NaN}}',
    b'{"event_id": "\\ud800"}',
    b'{"event_id": "\\udc00x"}',
    b'{"event_id": "\xff"}',
    b'{"event_id": "a\tb"}',
    b'{"event_id": "a", "event_id": "b"}',
    b'{"x": 1, "x": 1}',
    b"[" * 20_000,
    b'{"a":01}',
    b"\x00",
    b"\xef\xbb\xbf{}",
]


def test_lines_that_are_no_json_object_are_malformed(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, {"a.jsonl": b"{}\n" + b"\r\n".join(MALFORMED) + b"\n"})
    assert [row["line_no"] for row in rows] == list(range(1, len(MALFORMED) + 2))
    assert {row["raw_text"][:30]: row["reason"] for row in rows[1:]} == {
        line.decode("utf-8", "replace")[:30]: "malformed" for line in MALFORMED
    }


def test_text_that_only_looks_like_bad_json_is_kept(tmp_path: Path) -> None:
    texts = ["a,}", "b, ]", "NaN", 'q",}', ": NaN", "x\u0000y", "\U0001f600", " u1 ", "\\,}"]
    lines = "".join(json.dumps({**EVENT, "user_id": text, "credits": "1"}) + "\n" for text in texts)
    rows = rows_of(tmp_path, {"a.jsonl": lines.encode()})
    assert [(row["reason"], row["user_id"]) for row in rows] == [(None, text) for text in texts]


def test_deep_nesting_in_an_unknown_field_is_ignored(tmp_path: Path) -> None:
    line = json.dumps(EVENT)[:-1] + ', "deep": ' + "[" * 5000 + "]" * 5000 + "}"
    assert verdicts(rows_of(tmp_path, {"a.jsonl": line.encode()})) == [None]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-04T05:06:07Z", datetime(2026, 3, 4, 5, 6, 7)),
        ("2026-03-04t05:06:07z", datetime(2026, 3, 4, 5, 6, 7)),
        ("2026-03-04 05:06:07.1239999+05:45", datetime(2026, 3, 3, 23, 21, 7, 123999)),
        ("2026-03-04T05:06:07.9999999Z", datetime(2026, 3, 4, 5, 6, 7, 999999)),
        ("2026-03-04T23:06:07-03:30", datetime(2026, 3, 5, 2, 36, 7)),
        ("2026-03-04T05:06:07-00:00", datetime(2026, 3, 4, 5, 6, 7)),
        ("2024-02-29T00:00:00.5Z", datetime(2024, 2, 29, 0, 0, 0, 500000)),
        *[
            (text, None)
            for text in (
                "2026-03-04T05:06:07",
                "2026-03-04T05:06Z",
                "2026-03-04",
                "2026-02-29T00:00:00Z",
                "2026-02-30T00:00:00+01:00",
                "2026-03-04T24:00:00Z",
                "2026-03-04T23:59:60Z",
                "2026-03-04T05:06:07+0530",
                "2026-03-04T05:06:07+24:00",
                "2026-03-04T05:06:07+05:60",
                " 2026-03-04T05:06:07Z",
                "2026-03-04T05:06:07 Z",
                "2026-03-04T05:06:07.Z",
                "2026-03-04T05:06:07,5Z",
                "2026-13-04T05:06:07Z",
                "0000-01-01T00:00:00Z",
                "now",
                "2026-03-04T05:06:07Z\n",
            )
        ],
    ],
)
def test_times(tmp_path: Path, text: str, utc: datetime | None) -> None:
    events = [{**EVENT, "occurred_at": text}]
    for name, content in {"a.jsonl": json.dumps(events[0]).encode(), "a.csv": as_csv(events)}.items():
        (row,) = rows_of(tmp_path, {name: content})
        assert (row["occurred_at"], row["reason"]) == (utc, None if utc else "bad_timestamp")


@RELAXED
@given(st.datetimes(datetime(1971, 1, 1), datetime(2026, 3, 4)), st.integers(-1439, 1439))
def test_any_time_is_the_instant_it_names(tmp_path: Path, local: datetime, minutes: int) -> None:
    aware = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    (row,) = rows_of(tmp_path, {"a.jsonl": json.dumps({**EVENT, "occurred_at": aware.isoformat()}).encode()})
    assert row["occurred_at"] == aware.astimezone(UTC).replace(tzinfo=None)


DIGITS = st.text("0123456789", min_size=1, max_size=25)
NUMBERS = st.tuples(st.integers(0, 10**12), DIGITS, st.sampled_from(["", "e-3", "E2", "e+1", "e-20"]))


@RELAXED
@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_decimals_are_read_exactly(tmp_path: Path, numbers: list[tuple[int, str, str]]) -> None:
    texts = [f"{whole}.{fraction}{exponent}" for whole, fraction, exponent in numbers]
    texts += [f"{whole % 100}.{fraction[:6]:0<6}4{'9' * 20}" for whole, fraction, _ in numbers]
    texts += [f"{whole % 10**7}.{fraction[:6]:0<6}5" for whole, fraction, _ in numbers]
    plain = json.dumps(EVENT)[:-1]
    decoys = '"x": {"credits": 1.5, "y": "\\"credits\\": 2"}'
    as_number = "".join(f'{plain}, {decoys}, "credits": {text}}}\n' for text in texts)
    as_text = "".join(f'{plain}, "credits": "{text}"}}\n' for text in texts)
    rows = rows_of(tmp_path, {"a.jsonl": as_number.encode(), "b.jsonl": as_text.encode()})
    with localcontext() as context:
        context.prec = 80
        exact = [Decimal(text).quantize(Decimal("0.000001"), ROUND_HALF_UP) for text in texts]
    expected = [(value, None) if value < 10**12 else (None, "bad_value:credits") for value in exact]
    assert list(zip([row["credits"] for row in rows], verdicts(rows), strict=True)) == expected * 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5.0", 5),
        ("1.5E+1", 15),
        ("9007199254740991.0", 2**53 - 1),
        ("900719925474099.1e1", 2**53 - 1),
        ("0e99", 0),
        ("5.000000000000000000000001", None),
        ("9007199254740990.99999", None),
        ("1e-400", None),
        ("15e-1", None),
    ],
)
def test_whole_numbers_are_told_apart_to_the_last_digit(tmp_path: Path, text: str, value: int | None) -> None:
    plain = json.dumps(EVENT)[:-1]
    lines = f'{plain}, "latency_ms": {text}}}\n{plain}, "latency_ms": "{text}"}}\n'
    rows = rows_of(tmp_path, {"a.jsonl": lines.encode()})
    assert [row["latency_ms"] for row in rows] == [value] * 2
    assert verdicts(rows) == [None if value is not None else "bad_type:latency_ms"] * 2


def test_tokens_of_caches_are_read_from_every_format(tmp_path: Path) -> None:
    events = [{**EVENT, **WRITES, "input_tokens": 9}, {**EVENT, "input_tokens": 9}]
    parquet = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(events), parquet)
    contents = {"a.jsonl": as_jsonl(events), "b.csv": as_csv(events), "c.parquet": parquet.getvalue()}
    rows = rows_of(tmp_path, contents)
    assert [tuple(row[name] for name in WRITES) for row in rows] == [(2, 3, 4), (0, 0, 0)] * 3
    assert verdicts(rows) == [None] * 6


def test_defaults_and_unknown_channels(tmp_path: Path) -> None:
    events = [
        {**EVENT, "event_type": "call"},
        {**EVENT, "event_type": "call", "channel": "chat"},
        {**EVENT, "channel": "Slack"},
        EVENT,
    ]
    rows = rows_of(tmp_path, {"a.csv": as_csv(events)})
    assert [row["channel"] for row in rows] == ["phone", "chat", "other", "chat"]
    last = rows[-1]
    assert (last["source"], last["event_type"]) == ("usage", "request")
    assert (last["environment"], last["status"]) == ("live", "success")
    assert (last["input_tokens"], last["revision"], last["credits"], last["latency_ms"]) == (0, 0, None, None)
    assert (last["landing_date"], last["file_id"], last["line_no"], last["raw_text"]) == (date(2026, 3, 5), 1, 5, None)


def test_a_run_keeps_what_it_gives(tmp_path: Path) -> None:
    run = {**RUN, "quantity": "2.5", "unit_price_credits": "0.0000015", "error_message": "two\nlines"}
    (row,) = rows_of(tmp_path, {"a.csv": as_csv([run])}, "jobs")
    assert (row["quantity"], row["unit_price_credits"], row["credits"]) == (Decimal("2.5"), Decimal("0.000002"), None)
    assert row["error_message"] == "two\nlines"
