"""The same rows give the same whatever the format; no bytes crash the reader; everything adds up."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.loading.fields import NATIVE_SCHEMAS, OBJECTS
from orchestration.loading.readers.read import read_files
from orchestration.loading.zone.landing import LandedFile
from tests.orchestration.loading.readers.test_parquet_rows import parquet
from tests.orchestration.loading.reading import GOOD, as_csv, as_jsonl, landed, rows_of

RELAXED = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ENDINGS = [".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".csv.gz", ".parquet", ".txt"]
WILD = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "5.0",
            "1e3",
            "+5",
            "1e-7",
            "0.1234565",
            "999999999999.9999999",
            "2026-03-04",
            "2026-03-04T05:06:07Z",
            "2026-03-04 05:06:07.1234567+05:30",
            "2026-02-30T00:00:00Z",
            "call",
            "run",
            "refund",
            "invoice",
            "phone",
            "Slack",
            "playground",
            "error",
            "USD",
            '{"b": "1", "a": "2"}',
            '{"a": 1}',
            "NaN",
            "x" * 250,
        ]
    ),
)


def rows_strategy(source: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    names = [field.name for field in NATIVE_SCHEMAS[source].fields]
    wild = st.dictionaries(st.sampled_from([*names, "stranger"]), WILD, max_size=4)
    return st.lists(wild.map(lambda given: {**GOOD[source], **given}), min_size=1, max_size=12)


@pytest.mark.parametrize("source", list(NATIVE_SCHEMAS))
@RELAXED
@given(st.data())
def test_formats_agree(tmp_path: Path, source: str, data: st.DataObject) -> None:
    rows = [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in data.draw(rows_strategy(source))
    ]
    # Tags and meters are objects in JSON lines and their text elsewhere.
    as_objects = [row | {name: _loaded(row[name]) for name in OBJECTS if row.get(name)} for row in rows]
    contents = {
        "a.jsonl": as_jsonl(as_objects),
        "a.csv": as_csv(rows),
        "a.parquet": parquet(
            [{name: row.get(name) for name in dict.fromkeys(n for r in rows for n in r)} for row in rows]
        ),
    }
    found = [
        [_comparable(row) for row in rows_of(tmp_path / name, {name: content}, source)]
        for name, content in contents.items()
    ]
    assert len(found[0]) == len(rows)
    assert found[0] == found[1]
    assert found[0] == found[2]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return [text]


def _no_constant(text: str) -> Any:
    # NaN is no JSON: a line that has it is malformed as a whole, which is another test's business.
    raise ValueError(text)


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    own = {"file_id", "line_no", "raw_text", "unknown_fields"}
    kept = row if row["reason"] is None else {"reason": row["reason"]}
    return {name: value for name, value in kept.items() if name not in own}


@RELAXED
@given(
    st.sampled_from(ENDINGS),
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(str.encode),
        st.text('{}[]",:\\u0eE-.n\n\r ', max_size=80).map(str.encode),
    ),
    st.booleans(),
)
def test_no_bytes_crash_the_reader(tmp_path: Path, ending: str, content: bytes, packed: bool) -> None:
    if packed and ending.endswith(".gz"):
        content = gzip.compress(content)
    if packed and ending.endswith(".zst"):
        content = zstandard.compress(content)
    if packed and ending.startswith(".csv"):
        content = b"event_id,model_id,tenant_id,tags,credits\n" + content
    con = duckdb.connect()
    read_files(con, "usage", landed(tmp_path, {f"a{ending}": content}))
    rows, bad = con.execute("SELECT rows_read, quarantined FROM landed_files").fetchone()
    assert con.execute("SELECT count(*), count(reason) FROM landed_usage").fetchone() == (rows, bad)
    assert con.execute(
        "SELECT count(*) FROM landed_usage WHERE (reason IS NULL) <> (raw_text IS NULL) AND reason <> 'unreadable_file'"
    ).fetchone() == (0,)


PIECES = [
    '"',
    "\\",
    "{",
    "}",
    ",",
    ":",
    "N",
    "a",
    "1",
    "e",
    ".",
    "-",
    " ",
    "n",
    "\\u00e9",
    "\\ud83d",
    '"k":',
    "NaN",
    ",}",
    "[",
    "]",
    "\\udc00",
    "0",
    "null",
    "true",
    '"v"',
    "Infinity",
]


@RELAXED
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9).map("".join), min_size=1, max_size=60))
def test_json_is_what_the_standard_says(tmp_path: Path, tails: list[str]) -> None:
    lines = [json.dumps(GOOD["usage"])[:-1] + f', "x": {tail}}}' for tail in tails]
    rows = rows_of(tmp_path, {"a.jsonl": "\n".join(lines).encode()})
    assert [(line, row["reason"] != "malformed") for line, row in zip(lines, rows, strict=True)] == [
        (line, _is_standard(line)) for line in lines
    ]


def _is_standard(line: str) -> bool:
    def refuse(_: object) -> None:
        raise ValueError("not in the standard")

    try:
        value = json.loads(line, parse_constant=refuse, object_pairs_hook=lambda pairs: pairs)
        json.dumps(value, ensure_ascii=False).encode()
        return isinstance(value, list) and len(dict(value)) == len(value)
    except (ValueError, UnicodeEncodeError):
        return False


def test_drift_is_complete(tmp_path: Path) -> None:
    event = GOOD["usage"]
    contents = {
        "a.jsonl": as_jsonl([event, {**event, "x": 1}, {**event, "event_id": "", "y": {"z": 1}}, {"bad": 1}]),
        "b.jsonl": b"{broken\n" + as_jsonl([event]),
        "c.csv": as_csv([{**event, "x": "", "": "nameless"}]),
        "d.jsonl.gz": gzip.compress(as_jsonl([{**event, "lost": 1}]))[:-2],
    }
    con = duckdb.connect()
    read_files(con, "usage", landed(tmp_path, contents))
    assert con.execute("FROM landed_drift ORDER BY ALL").fetchall() == [(1, "bad"), (1, "x"), (1, "y"), (3, "x")]


@pytest.mark.parametrize("case", ["small", "edge"])
def test_golden_counts(shared_dir: Path, case: str) -> None:
    golden = shared_dir / "golden" / case
    audit = list(csv.DictReader((golden / "expected" / "load_audit.csv").open(encoding="utf-8", newline="")))
    bad = list(csv.DictReader((golden / "expected" / "quarantine.csv").open(encoding="utf-8", newline="")))
    expected = {(row["file"], row["reason"]): int(row["rows"]) for row in bad}
    found: Counter[tuple[str, str]] = Counter()
    for source in NATIVE_SCHEMAS:
        files = [
            LandedFile(
                number,
                source,
                row["file"],
                date.fromisoformat(row["landing_date"]),
                golden / "raw" / row["file"],
                int(row["bytes"]),
            )
            for number, row in enumerate(audit)
            if row["source"] == source
        ]
        con = duckdb.connect()
        read_files(con, source, files)
        sums = con.execute("SELECT file_id, sha256, bytes, rows_read, quarantined FROM landed_files ORDER BY 1")
        told = [(file.file_id, audit[file.file_id]) for file in files]
        assert sums.fetchall() == [
            (number, row["sha256"], int(row["bytes"]), int(row["rows_read"]), int(row["quarantined"]))
            for number, row in told
        ]
        reasons = f"SELECT file_id, reason, count(*) FROM landed_{source} WHERE reason IS NOT NULL GROUP BY ALL"
        counts = con.execute(reasons).fetchall()
        found.update({(audit[number]["file"], reason): rows for number, reason, rows in counts})
    assert found == expected
