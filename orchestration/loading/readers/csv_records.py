"""CSV by RFC 4180: where records end, what a header names, and the SQL that splits a record into its cells.

A quote opens a field only at its start and closes it only at its end. Where that is broken, the physical line on
which the record starts is malformed and reading goes on at the next: a stray quote costs a line, not the file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from orchestration.loading.fields import RecordSchema
from orchestration.loading.readers import blocks
from orchestration.loading.readers.blocks import NEWLINE, Records, beginning
from orchestration.loading.readers.long_csv import short_csv
from orchestration.loading.validation import Cell

QUOTE = ord('"')
COMMA = ord(",")
RETURN = ord("\r")
WINDOW_BYTES = 256 << 10
# Of a record that is too long so much tells whether a quote was never closed.
SAMPLE_BYTES = 256 << 10


@dataclass(frozen=True)
class Header:
    """The columns of one file. positions: 1-based, per field of the source, 0 where the file lacks it.

    width: the number of columns, -1 where the header cannot be trusted, so that no row of the file fits it;
    wanted: the positions whose values are read, also where they are long;
    is_one: whether the line is a header at all, if not a good one: it can be read, and names what a row must have.
    """

    width: int
    positions: tuple[int, ...]
    unknown: tuple[str, ...]
    is_one: bool
    wanted: frozenset[int]


def read_header(record: str, intact: bool, source: RecordSchema) -> Header:
    """The header of a file. One that is malformed or names a known column twice fits no row."""
    try:
        names = next(csv.reader([record.rstrip("\r\n")], strict=True), []) if intact else []
    except csv.Error:
        names, intact = [], False
    known = [field.name for field in source.fields]
    positions = tuple(names.index(name) + 1 if name in names else 0 for name in known)
    trusted = intact and all(names.count(name) < 2 for name in known)
    unknown = tuple(dict.fromkeys(name for name in names if name and name not in known))
    is_one = intact and any(field.required and field.name in names for field in source.fields)
    wanted = frozenset(place for place, field in zip(positions, source.fields, strict=True) if field.is_read)
    return Header(len(names) if trusted else -1, positions, unknown if is_one else (), is_one, wanted)


def csv_records(content: Iterator[bytes], header: Callable[[], Header | None] = lambda: None) -> Iterator[Records]:
    """The records of a file, each numbered by the physical line on which it starts, from 1.

    One that is too long comes without the long cells of columns that are no field, as soon as `header` is known.
    """
    pending: list[bytes] = []
    next_line, size = 1, 0
    for data in content:
        pending.append(data)
        size += len(data)
        if b"\n" not in data and size <= blocks.LONGEST_LINE_BYTES:
            continue
        text = b"".join(pending)
        records, used = _cut(text, next_line, final=False)
        taken = text.count(b"\n", 0, used)
        if size > blocks.LONGEST_LINE_BYTES and (used == 0 or records.offsets[1] > blocks.LONGEST_LINE_BYTES):
            if _hides_rows(text, header()):
                records, used = _cut(text, next_line, final=False, is_lost=True)
                taken = text.count(b"\n", 0, used)
            else:
                records, taken, text = _long_record(text, content, next_line, header())
                used = 0
        pending = [text[used:]] if used < len(text) else []
        size = len(text) - used
        next_line += taken
        if len(records.line_nos):
            yield records
    if pending:
        records, _ = _cut(b"".join(pending), next_line, final=True)
        yield records


def _hides_rows(text: bytes, header: Header | None) -> bool:
    """Whether the open quote on the first line is a stray one: the lines after it have the width of rows."""
    first = text.find(b"\n") + 1
    if not first or first > blocks.LONGEST_LINE_BYTES:
        return False
    if header is None:
        return True
    following = text[first : first + SAMPLE_BYTES].split(b"\n")[:-1]
    fitting = sum(line.count(b",") + 1 == header.width for line in following)
    return fitting * 2 > len(following)


def _long_record(
    text: bytes, content: Iterator[bytes], line_no: int, header: Header | None
) -> tuple[Records, int, bytes]:
    """The record with which the text begins, how many lines it takes, and what was read of what follows."""
    wanted = range(1, len(text)) if header is None else header.wanted
    short = short_csv(chain([text], content), wanted, blocks.LONGEST_LINE_BYTES)
    kept = beginning(text) if short.text is None else short.text
    records = Records(kept, np.array([0, len(kept)]), np.array([line_no]), np.array([short.text is not None]))
    return records, short.newlines, short.rest


def _cut(text: bytes, first_line: int, final: bool, is_lost: bool = False) -> tuple[Records, int]:
    """The records that end within the text, and how many of its bytes they take.

    is_lost: a quote that the first record leaves open is a stray one
    """
    data = np.frombuffer(text, np.uint8)
    ends: list[np.ndarray] = [np.zeros(1, np.int64)]
    broken: list[int] = []
    start, reach = 0, WINDOW_BYTES
    while start < len(data):
        window = data[start : start + reach]
        at_end = start + reach >= len(data)
        found, is_broken = _window_ends(window, final and at_end, is_lost and at_end and start == 0)
        if not len(found):
            if at_end:
                break
            reach *= 2
            continue
        if is_broken:
            broken.append(sum(map(len, ends)) - 1 + len(found) - 1)
        ends.append(found + start)
        start, reach = int(ends[-1][-1]), WINDOW_BYTES
    offsets = np.concatenate(ends)
    used = int(offsets[-1])
    newlines = np.flatnonzero(data[:used] == NEWLINE)
    line_nos = first_line + np.searchsorted(newlines, offsets[:-1])
    intact = np.ones(len(line_nos), bool)
    intact[broken] = False
    return Records(text[:used], offsets, line_nos, intact), used


def _window_ends(window: np.ndarray, final: bool, is_lost: bool) -> tuple[np.ndarray, bool]:
    """Ends of the records that can be told apart in the window; whether the last of them is a broken line."""
    quotes = np.flatnonzero(window == QUOTE)
    newlines = np.flatnonzero(window == NEWLINE)
    ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0] + 1
    fault = _first_fault(window, quotes, final)
    if fault is None and len(quotes) % 2 and (final or is_lost and not len(ends)):
        fault = int(quotes[-1])
    if fault is not None:
        sound = ends[ends <= fault]
        start = int(sound[-1]) if len(sound) else 0
        later = newlines[np.searchsorted(newlines, start) :]
        if len(later):
            return np.append(sound, later[0] + 1), True
        return (np.append(sound, len(window)), True) if final else (sound, False)
    if final and (not len(ends) or ends[-1] < len(window)):
        ends = np.append(ends, len(window))
    return ends, False


def _first_fault(window: np.ndarray, quotes: np.ndarray, final: bool) -> int | None:
    """The first quote that neither starts nor ends a field nor is doubled inside of one."""
    if not len(quotes):
        return None
    # What follows the window's last bytes is not known yet, unless nothing does.
    padded = np.concatenate((window, np.full(2, NEWLINE, np.uint8)))
    settled = quotes if final else quotes[quotes < len(window) - 2]
    opening, closing = settled[0::2], settled[1::2]
    before = padded[opening - 1]
    opens = (opening == 0) | (before == COMMA) | (before == NEWLINE) | (before == QUOTE)
    after, second = padded[closing + 1], padded[closing + 2]
    closes = (after == COMMA) | (after == NEWLINE) | (after == QUOTE) | ((after == RETURN) & (second == NEWLINE))
    faults = np.concatenate((opening[~opens], closing[~closes]))
    return int(faults.min()) if len(faults) else None


def csv_cells(source: RecordSchema) -> dict[str, Cell]:
    """How a CSV record gives each field: as text."""
    return {field.name: Cell() for field in source.fields}


def csv_rows(source: RecordSchema, lines: str) -> str:
    """The SELECT that `typed_rows` takes, over `lines`, the reader's columns with width and positions."""
    given = ", ".join(
        f"nullif(cells[positions[{place}]], '') AS {field.name}" for place, field in enumerate(source.fields, start=1)
    )
    quoted = """list_transform(regexp_extract_all(',' || record, ',("(?:[^"]|"")*"|[^",]*)', 1, 's'), lambda cell:
                    CASE WHEN starts_with(cell, '"') THEN replace(cell[2:-2], '""', '"') ELSE cell END)"""
    return f"""
        SELECT file_id, landing_date, line_no, record AS raw, cells IS NULL OR len(cells) <> width AS broken,
               NULL::VARCHAR[] AS unknown_fields, {given}
        FROM (SELECT *, CASE WHEN NOT intact THEN NULL WHEN contains(record, '"') THEN {quoted}
                             ELSE string_split(record, ',') END AS cells
              FROM (SELECT *, regexp_replace(line, '\\r?\\n$', '') AS record FROM {lines}))"""
