"""Bytes: hashed, decompressed, cut into lines; what is not whole is found out."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.loading.readers import blocks
from orchestration.loading.readers.blocks import HashedFile, UnreadableFile, as_columns, decompressed, lines
from tests.orchestration.loading.reading import EVENT, as_jsonl, files_of, rows_of

TEXT = b"".join(
    b'{"line": %d, "noise": "%s"}\n' % (number, hashlib.sha256(b"%d" % number).hexdigest().encode())
    for number in range(200)
)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


def content(path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    with HashedFile(path) as file:
        return b"".join(decompressed(file, path.suffix))


def cut(text: bytes, sizes: int) -> Iterator[bytes]:
    return (text[at : at + sizes] for at in range(0, len(text), sizes))


@pytest.mark.parametrize(("name", "pack"), [("a.gz", gzip.compress), ("a.zst", zstd)])
def test_every_truncation_is_found(tmp_path: Path, name: str, pack: type[zstd]) -> None:
    packed = pack(TEXT)
    assert content(tmp_path / name, packed) == TEXT
    for size in [0, 1, 2, 3, 9, 10, 11, *range(20, len(packed), 97), len(packed) - 4, len(packed) - 1]:
        with pytest.raises(UnreadableFile):
            content(tmp_path / name, packed[:size])


@pytest.mark.parametrize(("name", "pack"), [("a.gz", gzip.compress), ("a.zst", zstd)])
def test_every_damage_is_found(tmp_path: Path, name: str, pack: type[zstd]) -> None:
    packed = pack(TEXT)
    for place in range(len(packed) // 2, len(packed), 211):
        damaged = packed[:place] + bytes([packed[place] ^ 0x55]) + packed[place + 1 :]
        with pytest.raises(UnreadableFile):
            content(tmp_path / name, damaged)


@pytest.mark.parametrize(("name", "pack"), [("a.gz", gzip.compress), ("a.zst", zstd)])
def test_several_members_are_one_text(tmp_path: Path, name: str, pack: type[zstd]) -> None:
    assert content(tmp_path / name, pack(TEXT) + pack(b"") + pack(b"tail")) == TEXT + b"tail"
    with pytest.raises(UnreadableFile):
        content(tmp_path / name, pack(TEXT) + b"no second member")
    with pytest.raises(UnreadableFile):
        content(tmp_path / name, pack(TEXT) + pack(TEXT)[:-3])


def test_the_hash_is_that_of_the_raw_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps(EVENT).encode())
    contents = {
        "a.jsonl.gz": packed,
        "b.jsonl.gz": packed[:-5],
        "c.txt": b"words",
        "d.jsonl": b"",
        "e.csv": b"",
        "f.parquet": b"",
        "g.jsonl.gz": b"",
        "h.jsonl": b"\xef\xbb\xbf",
        "i.csv": b"event_id\n",
    }
    found = files_of(tmp_path, contents)
    assert [(row["sha256"], row["bytes"]) for row in found] == [
        (hashlib.sha256(data).hexdigest(), len(data)) for data in contents.values()
    ]
    assert [(row["rows_read"], row["quarantined"], row["unreadable"]) for row in found] == [
        (1, 0, False),
        (1, 1, True),
        (1, 1, True),
        (0, 0, False),
        (0, 0, False),
        (1, 1, True),
        (1, 1, True),
        (0, 0, False),
        (0, 0, False),
    ]


def test_a_late_truncation_takes_the_rows_before_it_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    many = as_jsonl({**EVENT, "event_id": hashlib.sha256(b"%d" % number).hexdigest()} for number in range(20_000))
    packed = gzip.compress(many)
    rows = rows_of(tmp_path, {"a.jsonl.gz": packed[:-100], "b.jsonl": json.dumps(EVENT).encode()})
    assert [(row["file_id"], row["line_no"], row["reason"]) for row in rows] == [
        (1, 0, "unreadable_file"),
        (2, 1, None),
    ]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"{}", b"", b" \t", b"word", b"\r", b"\xff", "é".encode(), b"\x00"])),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.integers(1, 9),
)
def test_lines_are_physical_and_blank_ones_are_none(texts: list[bytes], end: bytes, closed: bool, size: int) -> None:
    whole = end.join(texts) + (end if closed else b"")
    expected = [
        (number, line.decode("utf-8", "replace"), b"\xff" not in line)
        for number, line in enumerate(whole.split(b"\n"), start=1)
        if line.strip(b" \t\r")
    ]
    found = []
    for records in lines(cut(whole, size)):
        numbers, texts_found, intact = as_columns(records)
        found += zip(numbers.to_pylist(), texts_found.to_pylist(), intact.to_pylist(), strict=True)
    assert [(number, line.rstrip("\n"), intact) for number, line, intact in found] == [
        (number, line, intact) for number, line, intact in expected
    ]


def test_a_byte_order_mark_is_skipped_once(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    line = json.dumps(EVENT).encode() + b"\n"
    rows = rows_of(tmp_path, {"a.jsonl": mark + line + mark + line, "b.jsonl.gz": gzip.compress(mark + line)})
    assert [row["reason"] for row in rows] == [None, "malformed", None]


def test_a_long_line_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1000)
    text = "x" * 1_000_000
    (row,) = rows_of(tmp_path, {"a.jsonl": json.dumps({**EVENT, "user_id": text}).encode()})
    assert row["user_id"] == text


def test_an_error_of_the_disk_is_not_the_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(file: HashedFile, size: int = -1) -> bytes:
        file.fault = OSError(5, "disk gone")
        raise file.fault

    monkeypatch.setattr(HashedFile, "read", fail)
    for name in ("a.jsonl", "a.jsonl.gz", "a.parquet"):
        with pytest.raises(OSError, match="disk gone"):
            rows_of(tmp_path, {name: b"{}"})


def test_records_tell_where_they_start() -> None:
    records = list(lines(iter([b"a\nb", b"b\n\nc"])))
    assert [number for part in records for number in part.line_nos] == [1, 2, 3, 4]
    assert all(len(part.offsets) == len(part.line_nos) + 1 and part.offsets.dtype == np.int64 for part in records)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 100)
    monkeypatch.setattr(blocks, "LONGEST_LINE_BYTES", 1000)


# Whole by its beginning, by its end, neither: what was left out is never guessed.
@pytest.mark.parametrize(
    "long",
    [
        json.dumps({**EVENT, "user_id": "x" * 5000}).encode(),
        json.dumps(EVENT).encode() + b"{" * 5000,
        b"x" * 5000 + json.dumps(EVENT).encode(),
        b"\x00" * 5000,
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b""])
def test_a_line_beyond_all_measure_costs_itself_alone(
    tmp_path: Path, small_blocks: None, long: bytes, ending: bytes
) -> None:
    before, after = (json.dumps({**EVENT, "event_id": name}).encode() for name in ("before", "after"))
    text = b"\n".join([before, long, after, long]) + ending
    rows = rows_of(tmp_path, {"a.jsonl.gz": gzip.compress(text)})
    assert [(row["line_no"], row["event_id"]) for row in rows if row["reason"] is None] == [(1, "before"), (3, "after")]
    bad = [row for row in rows if row["reason"] is not None]
    assert [(row["line_no"], row["reason"]) for row in bad] == [(2, "malformed"), (4, "malformed")]
    assert all(len(row["raw_text"]) < 1200 and row["raw_text"].endswith("\ufffd") for row in bad)
    assert files_of(tmp_path, {"a.jsonl.gz": gzip.compress(text)})[0]["rows_read"] == 4


def test_a_csv_line_beyond_all_measure_costs_itself_alone(tmp_path: Path, small_blocks: None) -> None:
    row = "{},2026-03-04T05:06:07Z,t1,m1"
    given = ["event_id,occurred_at,tenant_id,model_id", *map(row.format, ("before", "x" * 5000, "after"))]
    rows = rows_of(tmp_path, {"a.csv.gz": gzip.compress("\n".join(given).encode())})
    assert [(row["line_no"], row["reason"]) for row in rows] == [(2, None), (3, "malformed"), (4, None)]


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 90))
def test_no_line_is_lost_however_long(lengths: list[int], size: int) -> None:
    text = b"\n".join(b"a" * length for length in lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "LONGEST_LINE_BYTES", 200)
        records = list(lines(cut(text, size)))
    found = b"".join(part.text for part in records).split(b"\n")
    assert len(found) == max(len(lengths), 1)
    for line, length in zip(found, lengths, strict=False):
        assert line == (b"a" * length if length <= 200 else b"a" * len(line[:-1]) + b"\xff")
