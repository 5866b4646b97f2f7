"""Records too long to be held: what is wanted of them counts as ever, the rest is passed over in little memory."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.loading.readers import blocks
from orchestration.loading.readers.long_csv import ShortRecord, short_csv
from orchestration.loading.readers.long_json import Wanted, short_json
from orchestration.loading.readers.record_streams import SHORT_BYTES
from tests.orchestration.loading.reading import EVENT, as_csv, rows_of, verdicts

LIMIT = 10_000
LONG = 'He said: "caf\u00e9"\\ {[}] \n' * 3000
WANTED = Wanted.of(["$.a", "$.m.x", "$.m.deep.y", "$.m.z"])
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=5),
        st.sampled_from(["\\", '"', "\u00e9" * SHORT_BYTES, "{" * SHORT_BYTES, '\\"' * SHORT_BYTES]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["a", "m", "x", "y", "deep", "q"]), inner, max_size=4),
    ),
    max_leaves=12,
)


def parts(text: bytes, size: int) -> Iterator[bytes]:
    return (text[at : at + size] for at in range(0, len(text), size))


@pytest.fixture
def low_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 3000)
    monkeypatch.setattr(blocks, "LONGEST_LINE_BYTES", LIMIT)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "m", "b", "", "\u00e9"]), VALUES, max_size=5),
    st.booleans(),
    st.sampled_from([None, 2]),
    st.integers(1, 2000),
)
def test_of_an_object_all_that_is_wanted_stays(
    given: dict[str, Any], ascii_only: bool, indent: int | None, size: int
) -> None:
    text = json.dumps(given, ensure_ascii=ascii_only, indent=indent).encode()
    short = short_json(parts(text, size), WANTED, 1 << 20)
    assert short is not None
    assert short == short_json([text], WANTED, 1 << 20)
    found = json.loads(short)
    assert list(found) == list(given)
    assert found.get("a") == given.get("a")
    whole, left = given.get("m"), found.get("m")
    if isinstance(whole, dict):
        assert list(left) == list(whole)
        assert left.get("x") == whole.get("x")
        if isinstance(whole.get("deep"), dict):
            assert left["deep"].get("y") == whole["deep"].get("y")
    elif not isinstance(whole, list):
        assert left == whole


@pytest.mark.parametrize(
    "text",
    [
        b"[1]",
        b"{",
        b'{"a":1,}',
        b'{"a" 1}',
        b'{"b":{]}}',
        b'{"b":[}',
        b'{"b":"x',
        b'{"b":"x\\',
        b'{"a":1} {}',
        b'{"a":}',
        b"{a:1}",
        b'{"a":1 "b":2}',
        b'{"b":"\xff"}',
        b'{"b":"\xc3"}',
        b"",
        b"words",
        b"\x00" * 99,
        b'{"\\x":1}',
        b'{"a":1}}',
    ],
)
def test_what_is_no_object_is_none_and_is_read_to_its_end(text: bytes) -> None:
    for size in (1, 3, 100):
        rest = parts(text, size)
        assert short_json(rest, WANTED, LIMIT) is None
        assert next(rest, None) is None


def test_what_is_wanted_is_never_cut() -> None:
    wanted = json.dumps({"a": "x" * LIMIT}).encode()
    assert short_json([wanted], WANTED, LIMIT) is None
    assert short_json([wanted], WANTED, LIMIT + 100) == wanted.replace(b" ", b"")


def test_of_paths_the_shorter_one_wins() -> None:
    assert Wanted.of(["$.a.b", "$.a", "$.c.d", "$.c.e.f"]) == {"a": {}, "c": {"d": {}, "e": {"f": {}}}}


CELLS = st.one_of(
    st.text(st.sampled_from('a,"\n\r \u00e9;'), max_size=6),
    st.text(st.sampled_from('a,"\n\u00e9'), min_size=1, max_size=3).map(lambda text: text * SHORT_BYTES),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(CELLS, min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n", ""]),
    st.sets(st.integers(1, 5)),
    st.integers(1, 2000),
)
def test_of_a_csv_record_the_wanted_cells_stay(cells: list[str], end: str, wanted: set[int], size: int) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(cells)
    text, after = written.getvalue().encode(), b"a,b\n" if end else b""
    rest = parts(text + after, size)
    found = short_csv(rest, wanted, 1 << 20)
    assert found.text is not None
    assert (found.rest + b"".join(rest), found.newlines) == (after, text.count(b"\n"))
    short = next(csv.reader(io.StringIO(found.text.decode(), newline="")))
    assert len(short) == len(cells)
    assert all(
        kept == cell
        for number, (kept, cell) in enumerate(zip(short, cells, strict=True), start=1)
        if number in wanted or len(cell.encode()) < SHORT_BYTES // 2
    )
    assert all(len(kept.encode()) <= SHORT_BYTES for number, kept in enumerate(short, start=1) if number not in wanted)


@pytest.mark.parametrize(
    ("text", "newlines", "rest"),
    [
        (b'"x" y,1\nnext', 1, b"next"),
        (b'a"b,1\nnext', 1, b"next"),
        (b'"never closed', 0, b""),
        (b'"\xff\n",1\nnext', 2, b"next"),
        (b"\xc3\nnext", 1, b"next"),
        (b'x,"a\nb"c\nnext', 2, b"next"),
    ],
)
def test_a_broken_csv_record_ends_with_a_line(text: bytes, newlines: int, rest: bytes) -> None:
    for size in (1, 2, 100):
        following = parts(text, size)
        found = short_csv(following, [], LIMIT)
        assert ShortRecord(found.text, found.newlines, found.rest + b"".join(following)) == ShortRecord(
            None, newlines, rest
        )


def filler(before: bytes, piece: bytes, count: int, after: bytes) -> Iterator[bytes]:
    yield before
    for _ in range(count):
        yield piece
    yield after


PIECE = 16 << 10
READERS: list[Callable[[Iterator[bytes]], object]] = [
    lambda content: short_json(content, WANTED, LIMIT),
    lambda content: short_csv(content, [1], LIMIT),
]


@pytest.mark.parametrize(
    ("reader", "before", "piece", "after"),
    [
        (0, b'{"a":1,"b":"', b"\\n" * (PIECE // 2), b'"}'),
        (0, b'{"a":1,"b":["', b'hello world!","' * (PIECE // 15), b'"]}'),
        (0, b'{"a":1,"b":', b"[" * PIECE, b"]"),
        (0, b"", b"\x00" * PIECE, b""),
        (0, b'{"a":"', b"x" * PIECE, b'"}'),
        (1, b"1,", b"x" * PIECE, b"\n"),
        (1, b'1,"', b'""\n' * (PIECE // 3), b'"\n'),
        (1, b"", b"x" * PIECE, b"\n"),
    ],
)
def test_memory_does_not_grow_with_the_record(reader: int, before: bytes, piece: bytes, after: bytes) -> None:
    peaks = []
    for count in (4, 16):
        tracemalloc.start()
        READERS[reader](filler(before, piece, count, after))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + PIECE


@pytest.mark.usefixtures("low_limit")
def test_an_event_with_a_huge_unknown_field_counts(tmp_path: Path) -> None:
    rows = [{**EVENT, "event_id": name, "stranger": text} for name, text in (("b", "x"), ("long", LONG), ("z", LONG))]
    as_text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    found = rows_of(
        tmp_path,
        {
            "a.jsonl": as_text,
            "a.jsonl.gz": gzip.compress(as_text),
            "a.csv": as_csv(rows),
            "a.csv.gz": gzip.compress(as_csv(rows)),
        },
    )
    assert verdicts(found) == [None] * 12
    assert [row["event_id"] for row in found] == ["b", "long", "z"] * 4
    # Physical lines, whatever was left out of them.
    assert [row["line_no"] for row in found] == [1, 2, 3] * 2 + [2, 3, 4 + LONG.count("\n")] * 2


@pytest.mark.usefixtures("low_limit")
def test_a_long_event_is_judged_like_a_short_one(tmp_path: Path) -> None:
    def long(**fields: Any) -> str:
        return json.dumps({**EVENT, **fields, "stranger": LONG})

    twice = long()[:-1] + ', "event_id": "again"}'
    rows = rows_of(
        tmp_path,
        {
            "a.jsonl": "\n".join(
                [
                    long(credits="much"),
                    long(event_id="x" * 300),
                    twice,
                    long(tags={"a": "b"}),
                    long()[:-1],
                    long(occurred_at="never"),
                ]
            ).encode()
        },
    )
    assert verdicts(rows) == [
        "bad_type:credits",
        "bad_value:event_id",
        "malformed:",
        None,
        "malformed:",
        "bad_timestamp:occurred_at",
    ]
    assert rows[3]["tags"] == '{"a":"b"}'
    assert all(len(row["raw_text"]) <= LIMIT for row in rows if row["reason"])


@pytest.mark.usefixtures("low_limit")
def test_a_stray_quote_before_many_rows_costs_its_line_only(tmp_path: Path) -> None:
    good = ",".join(EVENT.values())
    text = "\n".join([",".join(EVENT), 'e2,"never closed', *[good] * 600]) + "\n"
    rows = rows_of(tmp_path, {"a.csv": text.encode()})
    assert verdicts(rows) == ["malformed:"] + [None] * 600
