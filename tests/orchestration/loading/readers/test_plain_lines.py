"""The short way for ordinary JSON lines gives what the long way gives, and takes the ordinary ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.loading.fields import NATIVE_SCHEMAS
from orchestration.loading.readers import plain_lines
from orchestration.loading.readers import read as reading
from orchestration.loading.readers.batches import LINE_SCHEMA, batch
from orchestration.loading.readers.blocks import as_columns, lines
from orchestration.loading.readers.plain_lines import Divided, PlainLines
from orchestration.loading.zone.landing import LandedFile
from tests.orchestration.loading.reading import GOOD, LANDED, as_jsonl, landed

RELAXED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NUMBERS = [
    "0",
    "-0",
    "7",
    "-1",
    "5.0",
    "1.5",
    "0.1234565",
    "0.12345649999999999999",
    "1e2",
    "15E-1",
    "1e-40",
    "01",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775808",
    "999999999999.9999994",
    "999999999999.9999995",
    "1e12",
    "-1e12",
    "1e400",
    "-0.0000005",
    "+1",
    ".5",
    "1.",
    "1_0",
    "0x1",
    "NaN",
    "Infinity",
    "-inf",
    " 1",
    "1,5",
    "",
    "17" * 30,
]
TEXTS = [
    "a",
    "",
    " ",
    "é",
    "\\u00e9",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\udc00x",
    "\\n",
    "\\/",
    "a\tb",
    "\x7f",
    "request",
    "call",
    "run",
    "live",
    "topup",
    "success",
    "running",
    "2026-03-04",
    "2026-03-04T05:06:07.250Z",
    "2026-03-04T05:06:07.25Z",
    "2026-03-04T05:06:07+05:30",
    "2026-03-09T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "NaN",
    ",}",
    "x" * 201,
    "\\x",
]
VALUES = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(NUMBERS + TEXTS).map('"{}"'.format),
    st.sampled_from(
        [
            "null",
            "true",
            "[]",
            "[1]",
            "{}",
            '{"a": "b"}',
            '{"a": 1}',
            '{"a": "b", "a": "c"}',
            '{"event_id": "x"}',
            "",
            "}",
            "{",
            '"x"} {"y": 1',
        ]
    ),
)
SPACES = st.sampled_from(["", "", "", " ", "\t", "\r", "  "])


def _names(source: str) -> list[str]:
    names = [field.name for field in NATIVE_SCHEMAS[source].fields]
    return [*names, "unknown", "", "Credits", "\\u0063redits", "\\u0074ags"]


@st.composite
def _line(draw: st.DrawFn, source: str) -> str:
    """A good event with some members replaced, added or spelled oddly."""
    members = {name: json.dumps(value) for name, value in GOOD[source].items()}
    members |= draw(st.dictionaries(st.sampled_from(_names(source)), VALUES, max_size=3))
    pairs = list(members.items()) + draw(st.lists(st.tuples(st.sampled_from(_names(source)), VALUES), max_size=1))
    text = ",".join(f'{draw(SPACES)}"{name}"{draw(SPACES)}:{draw(SPACES)}{value}' for name, value in pairs)
    before, after = draw(
        st.sampled_from(
            [
                ("", ""),
                ("", ""),
                ("", ""),
                (" ", ""),
                ("", " "),
                ("", "\r"),
                ("", "x"),
                ("", " {}"),
                ("", "\x00{}"),
                ("\ufeff", ""),
            ]
        )
    )
    return f"{before}{{{text}}}{after}"


def _rows(folder: Path, source: str, content: bytes) -> tuple[list[Any], list[Any]]:
    con = duckdb.connect()
    reading.read_files(con, source, landed(folder, {"a.jsonl": content}, source))
    return (
        con.execute(f"SELECT * EXCLUDE (unknown_fields) FROM landed_{source} ORDER BY line_no").fetchall(),
        con.execute("FROM landed_drift ORDER BY ALL").fetchall(),
    )


@RELAXED
@pytest.mark.parametrize("source", ["usage", "billing", "jobs"])
@given(data=st.data())
def test_both_ways_agree_on_every_line(tmp_path: Path, source: str, data: st.DataObject) -> None:
    # No more lines than pieces, so that a line which Arrow refuses takes no other one with it.
    texts = data.draw(st.lists(_line(source), min_size=1, max_size=plain_lines.PIECES))
    content = "\n".join(texts).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "FEWEST_LINES", 1)
        short = _rows(tmp_path, source, content)
        patch.setattr(reading.Reading, "plain_lines", lambda _: None)
        assert short == _rows(tmp_path, source, content)


def _divided(content: bytes, fewest: int = 1) -> Divided:
    file = LandedFile(1, "usage", "usage/2026-03-05/a.jsonl", LANDED, Path("a.jsonl"), len(content))
    (records,) = lines(iter([content]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_lines, "FEWEST_LINES", fewest)
        return PlainLines(NATIVE_SCHEMAS["usage"]).divide(batch(file, LINE_SCHEMA, as_columns(records)))


def _line_nos(batches: Sequence[pa.RecordBatch]) -> list[int]:
    return [number for each in batches for number in each["line_no"].to_pylist()]


def test_ordinary_lines_are_plain() -> None:
    events = [
        GOOD["usage"] | more
        for more in (
            {"credits": 4.05, "input_tokens": 7, "user_id": None},
            {"user_id": "\u00e9\U0001f600", "cost_usd": 1e-05},
            {"occurred_at": "2026-03-04T05:06:07.250Z"},
            {"credits": 0.30000000000000004},
        )
    ]
    divided = _divided(as_jsonl(events))
    assert (_line_nos(divided.plain), _line_nos(divided.odd)) == ([1, 2, 3, 4], [])


@pytest.mark.parametrize(
    "member",
    ['"credits": "1.5"', '"credits": "+1"', '"input_tokens" :"5"', '"tags": {"a": "b"}', '"\\u0063redits": "+1"'],
)
def test_what_arrow_would_take_too_easily_is_odd_by_itself(member: str) -> None:
    good = json.dumps(GOOD["usage"])
    divided = _divided(f"{good}\n{good[:-1]}, {member}}}\n{good}\n".encode())
    assert (_line_nos(divided.plain), _line_nos(divided.odd)) == ([1, 3], [2])


def test_a_line_that_arrow_refuses_spoils_its_piece_only() -> None:
    good = as_jsonl([GOOD["usage"]])
    divided = _divided(good * 20 + b'{"user_id": 7}\n' + good * 59)
    assert _line_nos(divided.odd) == list(range(21, 31))
    assert _line_nos(divided.plain) == [*range(1, 21), *range(31, 81)]


def test_few_lines_are_not_worth_it() -> None:
    assert _divided(as_jsonl([GOOD["usage"]]) * 9, fewest=10).plain == []


def test_odd_lines_never_wait_for_all_the_plain_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_lines, "FEWEST_LINES", 1)
    monkeypatch.setattr(reading, "ODD_BYTES", 1)
    good, odd = as_jsonl([GOOD["usage"]]), as_jsonl([GOOD["usage"] | {"credits": "1.5"}])
    con = duckdb.connect()
    reading.read_files(con, "usage", landed(tmp_path, {f"{name}.jsonl": good + odd for name in "abcde"}))
    found = con.execute("SELECT file_id, line_no, reason FROM landed_usage ORDER BY ALL").fetchall()
    assert found == [(file_id, line_no, None) for file_id in range(1, 6) for line_no in (1, 2)]
