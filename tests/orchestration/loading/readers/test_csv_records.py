"""CSV: records as Python's own reader cuts them where the file is RFC 4180; small losses where it is not."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.loading.readers import blocks
from orchestration.loading.readers import csv_records as subject
from orchestration.loading.readers.csv_records import csv_records
from orchestration.loading.readers.read import read_files
from tests.orchestration.loading.reading import EVENT, as_csv, files_of, landed, rows_of, verdicts

NAMES = list(EVENT)
HEADER = ",".join(NAMES)
GOOD = ",".join(EVENT.values())
CELLS = st.text(st.sampled_from("a,\"\n\r é;'"), max_size=6)


def cut(text: str, size: int) -> list[tuple[int, str, bool]]:
    """(line, record, intact) of a text that arrives in blocks of some bytes."""
    data = text.encode()
    found = []
    for records in csv_records(data[at : at + size] for at in range(0, len(data), size)):
        ends = records.offsets
        found += [
            (int(line), records.text[start:end].decode(), bool(intact))
            for line, start, end, intact in zip(records.line_nos, ends[:-1], ends[1:], records.intact, strict=True)
        ]
    return found


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=8), st.sampled_from(["\n", "\r\n"]), st.integers(1, 50)
)
def test_records_end_where_pythons_do(rows: list[list[str]], end: str, size: int) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    found = cut(text.getvalue(), size)
    assert all(intact for *_, intact in found)
    assert [next(csv.reader(io.StringIO(record, newline=""))) for _, record, _ in found] == rows
    lines = text.getvalue().split("\n")
    assert all("\n".join(lines[line - 1 :]).startswith(record) for line, record, _ in found)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from('a,"\n\r'), max_size=60), st.integers(1, 9), st.integers(1, 9))
def test_blocks_and_windows_change_nothing_and_no_byte_is_lost(text: str, size: int, window: int) -> None:
    whole = cut(text, 1000)
    assert "".join(record for _, record, _ in whole) == text
    patched = pytest.MonkeyPatch()
    with patched.context() as patch:
        patch.setattr(subject, "WINDOW_BYTES", window)
        assert cut(text, size) == whole


@pytest.mark.parametrize("stray", ['e2,5" pipe,t1,m1', 'e2,"x" y,t1,m1', 'e2,"never closed,t1,m1', '"e2,a,t1,m1'])
def test_a_stray_quote_costs_its_line_only(tmp_path: Path, stray: str) -> None:
    text = "\n".join([HEADER, GOOD, stray, GOOD.replace("m1", '"m,""1"'), GOOD]) + "\n"
    rows = rows_of(tmp_path, {"a.csv": text.encode()})
    assert [(row["line_no"], row["reason"], row["model_id"]) for row in rows if not row["reason"]] == [
        (2, None, "m1"),
        (4, None, 'm,"1'),
        (5, None, "m1"),
    ]
    assert [(row["line_no"], row["reason"], row["raw_text"]) for row in rows if row["reason"]] == [
        (3, "malformed", stray)
    ]


def test_a_record_too_long_to_be_one_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "WINDOW_BYTES", 64)
    monkeypatch.setattr(blocks, "LONGEST_LINE_BYTES", 1024)
    text = "\n".join([HEADER, 'e2,"never closed', *[GOOD] * 200]) + "\n"
    rows = rows_of(tmp_path, {"a.csv": text.encode()})
    assert [row["reason"] for row in rows] == ["malformed"] + [None] * 200


def test_rows_of_another_width_bad_bytes_and_blank_lines(tmp_path: Path) -> None:
    lines = [
        HEADER.encode(),
        GOOD.encode(),
        b"",
        b"a,b",
        GOOD.encode() + b",x",
        b"  ",
        GOOD.replace("m1", "\xff").encode("latin-1"),
        GOOD.replace("e1", '"e\r\n1"').encode(),
        GOOD.encode(),
    ]
    rows = rows_of(tmp_path, {"a.csv": b"\xef\xbb\xbf" + b"\r\n".join(lines)})
    assert [(row["line_no"], row["reason"]) for row in rows] == [
        (2, None),
        (4, "malformed"),
        (5, "malformed"),
        (7, "malformed"),
        (8, None),
        (10, None),
    ]
    assert rows[4]["event_id"] == "e\r\n1"
    assert rows[1]["raw_text"] == "a,b"


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    shuffled = [{"tags": '{"b": "1", "a": "é"}', "extra": "x", "Event_ID": "no", **dict(reversed(EVENT.items()))}]
    contents = {"a.csv": as_csv(shuffled), "b.csv": as_csv([EVENT])}
    rows = rows_of(tmp_path, contents)
    assert [row["event_id"] for row in rows] == ["e1", "e1"]
    assert [row["tags"] for row in rows] == ['{"a":"é","b":"1"}', None]


def test_a_header_that_names_a_column_twice_fits_no_row(tmp_path: Path) -> None:
    text = f"{HEADER},model_id\n{GOOD},m2\n"
    assert verdicts(rows_of(tmp_path, {"a.csv": text.encode()})) == ["malformed:"]


def test_a_missing_column_is_an_absent_field(tmp_path: Path) -> None:
    events = [{name: value for name, value in EVENT.items() if name != "tenant_id"}]
    assert verdicts(rows_of(tmp_path, {"a.csv": as_csv(events)})) == ["missing_field:tenant_id"]


@pytest.mark.parametrize(
    "text", ["", "\n", "\r\n\r\n", HEADER, HEADER + "\n", HEADER + "\r\n\n  \n", "\ufeff" + HEADER]
)
def test_nothing_but_a_header_has_no_rows(tmp_path: Path, text: str) -> None:
    (found,) = files_of(tmp_path, {"a.csv": text.encode()})
    assert (found["rows_read"], found["quarantined"], found["unreadable"]) == (0, 0, False)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\r{GOOD}\r{GOOD}\r",
        "ERROR: permission denied for table events",
        "team_id,credits\n",
        ";".join(NAMES),
        "<!DOCTYPE html>\r\n\r\n",
        '"event_id,occurred_at',
        f"{HEADER}\xff",
        HEADER.encode("utf-16").decode("latin-1"),
        GOOD,
    ],
)
def test_a_line_that_is_no_header_and_has_no_rows_is_malformed(tmp_path: Path, text: str) -> None:
    content = {"a.csv": text.encode("latin-1"), "b.csv.gz": gzip.compress(text.encode("latin-1"))}
    rows = rows_of(tmp_path, content)
    assert [(row["file_id"], row["line_no"], row["reason"]) for row in rows] == [
        (1, 1, "malformed"),
        (2, 1, "malformed"),
    ]
    assert rows[0]["raw_text"][:8] in text or "\ufffd" in rows[0]["raw_text"]
    assert [(row["rows_read"], row["quarantined"]) for row in files_of(tmp_path, content)] == [(1, 1), (1, 1)]


def test_rows_below_what_is_no_header_are_refused_by_themselves(tmp_path: Path) -> None:
    con = duckdb.connect()
    read_files(con, "usage", landed(tmp_path, {"a.csv": b"words and more\n\nwords\na,b\n"}))
    assert con.execute("SELECT line_no, reason, detail FROM landed_usage ORDER BY 1").fetchall() == [
        (3, "missing_field", "tenant_id"),
        (4, "malformed", None),
    ]
    # What is no header may be a row, and no word of a row belongs into the audit.
    assert con.execute("FROM landed_drift").fetchall() == []


@pytest.mark.parametrize(
    "tags", ["{'a': 1}", "[]", '"text"', "x", '{"a": 1}', '{"a": {}}', '{"a": "b",}', '{"a": "1", "a": "2"}']
)
def test_tags_that_are_no_object_of_text(tmp_path: Path, tags: str) -> None:
    assert verdicts(rows_of(tmp_path, {"a.csv": as_csv([{**EVENT, "tags": tags}])})) == ["bad_type:tags"]
