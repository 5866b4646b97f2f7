"""Bytes of landed files as blocks of records: hashed, decompressed and cut on the way, each byte read once.

A block is a few MB whatever the size of the file; only a longer record makes it grow, within limits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

BLOCK_BYTES = 4 << 20
# What is wanted of an event is never as long. A longer line, whatever its file unpacks to, is shortened as it is read;
# where that is not enough, its beginning is kept.
LONGEST_LINE_BYTES = 16 << 20
BEGINNING_BYTES = 64 << 10
# No byte of UTF-8: a line that was cut is not intact, whatever its beginning says.
_CUT = b"\xff"
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NEWLINE = 10
# From the parts of a record, all of which it reads, to a record that is short enough; None where there is none.
Shorten = Callable[[Iterable[bytes]], bytes | None]


class UnreadableFile(Exception):
    """The file is not what its name says, or not all of it; `str()` says why."""


class HashedFile:
    """A file that is hashed as it is read. `fault` keeps an error of the disk apart from one of the content."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._hash = hashlib.sha256()
        self.bytes = 0
        self.fault: OSError | None = None
        self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        self._file.close()

    def close(self) -> None:
        """Leave the file open: a decompressor closes what it reads, and the rest is still to be hashed."""

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except OSError as fault:
            self.fault = fault
            raise
        self._hash.update(data)
        self.bytes += len(data)
        return data

    def sha256(self) -> str:
        """The hash of the whole file: what has not been read yet is read now."""
        while self.read(BLOCK_BYTES):
            pass
        return self._hash.hexdigest()


def decompressed(file: HashedFile, ending: str) -> Iterator[bytes]:
    """The content in blocks of a few MB, without a byte order mark. Raises UnreadableFile."""
    first = True
    for data in _content(file, ending):
        if first:
            data, first = data.removeprefix(BYTE_ORDER_MARK), False
        if data:
            yield data


def _content(file: HashedFile, ending: str) -> Iterator[bytes]:
    codec = COMPRESSIONS.get(ending)
    if codec is None:
        while data := file.read(BLOCK_BYTES):
            yield data
        return
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), codec)
        while data := stream.read(BLOCK_BYTES):
            yield data
    except (OSError, pa.ArrowException) as fault:
        if file.fault is not None:
            raise file.fault from None
        raise UnreadableFile(f"{codec}: {str(fault).splitlines()[0]}") from None
    if file.bytes == 0:
        raise UnreadableFile(f"{codec}: an empty file")


@dataclass(frozen=True)
class Records:
    """Records that lie one behind the other in `text`, each with its line end.

    offsets: int64, one more than there are records; line_nos: int64, the physical line on which each starts;
    intact: bool, false where the record breaks the grammar of its format.
    """

    text: bytes
    offsets: np.ndarray
    line_nos: np.ndarray
    intact: np.ndarray


def beginning(data: bytes) -> bytes:
    """What is kept of a record that is too long; never a record itself."""
    return data[: min(BEGINNING_BYTES, LONGEST_LINE_BYTES - 1)] + _CUT


def lines(content: Iterator[bytes], shorten: Shorten | None = None) -> Iterator[Records]:
    """The physical lines of a file, from line 1. Of one that is too long, what `shorten` makes of it."""
    pending: list[bytes] = []
    next_line, size = 1, 0
    for data in content:
        end = data.find(b"\n") if pending else 0
        if size + (len(data) if end < 0 else end) > LONGEST_LINE_BYTES:
            data = _shortened([*pending, data], content, shorten)
            pending, size = [], 0
        cut = data.rfind(b"\n") + 1
        if cut:
            records = _lines_of(b"".join([*pending, data[:cut]]), next_line)
            next_line += len(records.line_nos)
            yield records
            pending, size = [], 0
        if cut < len(data):
            pending.append(data[cut:])
            size += len(data) - cut
    if pending:
        yield _lines_of(b"".join(pending), next_line)


def _shortened(begun: Sequence[bytes], content: Iterator[bytes], shorten: Shorten | None) -> bytes:
    """The line that has begun, shortened, with its end and what was read of what follows."""
    following = b""

    def line() -> Iterator[bytes]:
        nonlocal following
        for data in chain(begun, content):
            end = data.find(b"\n")
            yield data if end < 0 else data[:end]
            if end >= 0:
                following = data[end:]
                return

    short = (shorten or nothing_of)(line())
    return (beginning(b"".join(begun)) if short is None else short) + following


def nothing_of(parts: Iterable[bytes]) -> None:
    """Shortens no record: reads it to its end."""
    for _ in parts:
        pass


def _lines_of(text: bytes, first_line: int) -> Records:
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == NEWLINE) + 1
    if not len(ends) or ends[-1] < len(text):
        ends = np.append(ends, len(text))
    count = len(ends)
    return Records(text, np.concatenate(([0], ends)), np.arange(first_line, first_line + count), np.ones(count, bool))


def as_columns(records: Records) -> tuple[pa.Array, pa.Array, pa.Array]:
    """(line_no int64, line large_string, intact bool) of the records that are not blank.

    A line that is no UTF-8 is not intact; U+FFFD stands for each of its bad bytes.
    """
    line = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(),
        len(records.line_nos),
        [None, pa.py_buffer(records.offsets.astype(np.int64, copy=False)), pa.py_buffer(records.text)],
    )
    line_no, intact = records.line_nos, records.intact
    kept = _not_blank(records)
    if kept is not None:
        line, line_no, intact = line.filter(pa.array(kept)), line_no[kept], intact[kept]
    bad = _not_utf8(line, 0)
    if bad:
        intact = intact.copy()
        intact[bad] = False
        mask = np.zeros(len(line), bool)
        mask[bad] = True
        repaired = [line[place].as_py().decode("utf-8", "replace").encode() for place in bad]
        line = pc.replace_with_mask(line, pa.array(mask), pa.array(repaired, pa.large_binary()))
    return pa.array(line_no, pa.int64()), line.view(pa.large_string()), pa.array(intact)


def _not_blank(records: Records) -> np.ndarray | None:
    """A mask of the records with more than white space, None where all are kept."""
    text = np.frombuffer(records.text, np.uint8)
    starts = records.offsets[:-1]
    candidates = np.flatnonzero(text[starts] <= ord(" "))
    if not len(candidates):
        return None
    kept = np.ones(len(starts), bool)
    visible = np.flatnonzero((text != ord(" ")) & (text != ord("\t")) & (text != ord("\r")) & (text != NEWLINE))
    following = np.searchsorted(visible, starts[candidates])
    reached = np.append(visible, len(text))[following]
    kept[candidates] = reached < records.offsets[1:][candidates]
    return kept


def _not_utf8(line: pa.LargeBinaryArray, base: int) -> list[int]:
    """Places of the lines that are no UTF-8: halves are looked into only where the whole is bad."""
    try:
        line.view(pa.large_string()).validate(full=True)
        return []
    except pa.ArrowInvalid:
        if len(line) == 1:
            return [base]
    half = len(line) // 2
    return _not_utf8(line[:half], base) + _not_utf8(line[half:], base + half)
