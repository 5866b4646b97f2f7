"""A directory file as records: strict CSV (RFC 4180, UTF-8, with a header), its faults told by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A name may have more than the 128 kB that Python's reader takes by itself.
_LONGEST_CELL = 2**31 - 1


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with a directory file, and where. Lines are physical, from 1; 0: the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass
class Records:
    """The rows of a directory file: `rows` in the order of `header`, `lines` the line each begins on."""

    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def read_records(path: str, local: Path, faults: list[Fault]) -> Records | None:
    """The file's records, blank lines left out. Adds to `faults`; None where the file cannot be read as CSV at all."""
    content = local.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(path, content.count(b"\n", 0, error.start) + 1, "not UTF-8"))
        return None
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = Records()
    begins = 1
    try:
        for row in reader:
            if not row:
                pass
            elif not records.header:
                records.header = row
            elif len(row) != len(records.header):
                faults.append(Fault(path, begins, f"{len(row)} columns where the header has {len(records.header)}"))
            else:
                records.rows.append(row)
                records.lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(path, begins, f"not CSV: {error}"))
        return None
    return records


def check_header(path: str, header: Sequence[str], required: Sequence[str], faults: list[Fault]) -> bool:
    """Whether the header can be used: names each column once, and all required ones."""
    before = len(faults)
    if not header:
        faults.append(Fault(path, 1, "no header"))
        return False
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.append(Fault(path, 1, f"column {name} stands there twice"))
    for name in required:
        if name not in header:
            faults.append(Fault(path, 1, f"column {name} is missing"))
    return len(faults) == before
