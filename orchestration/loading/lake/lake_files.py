"""Whether the lake's files are those that were written: by size and times at every run, by their bytes in a check."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow import ArrowException

_OWN = re.compile(r"load-\d{8}-\d+\.parquet")


@dataclass(frozen=True)
class Part:
    """One Parquet file: all or some of the rows of one date. path: below the lake's folder.

    bytes, sha256: of what was written; None where a version wrote it that noted neither
    stat: size and times when its bytes were last found to be those; None: look at the bytes again
    """

    area: str
    event_date: date
    path: str
    rows: int
    load_id: int
    hash_version: int
    bytes: int | None = None
    sha256: str | None = None
    stat: str | None = None


PART_TYPES = {
    "area": "varchar", "event_date": "date", "path": "varchar", "rows": "bigint", "load_id": "bigint",
    "hash_version": "bigint", "bytes": "bigint", "sha256": "varchar", "stat": "varchar",
}  # fmt: skip


@dataclass(frozen=True)
class Looked:
    """What a look at files found. damaged: path → what is wrong; settled: those whose notes are to be replaced."""

    damaged: dict[str, str]
    settled: tuple[Part, ...]


def with_content(part: Part, root: Path) -> Part:
    """The part with size, hash and times of its file, as it lies there."""
    file = root / part.path
    # Before the bytes: what is written while they are read changes the times once more.
    stat = stat_of(file)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        return replace(part, bytes=content.tell(), sha256=digest, stat=stat)


def stat_of(file: Path) -> str:
    """Size and times of a file. Raises OSError."""
    info = file.stat()
    return f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"


def look_at(parts: Iterable[Part], root: Path, *, thoroughly: bool = False) -> Looked:
    """Compare files with what is noted of them; those that look as they did are read only where it is `thoroughly`."""
    damaged: dict[str, str] = {}
    settled: list[Part] = []
    for part in parts:
        try:
            if not thoroughly and part.stat is not None and stat_of(root / part.path) == part.stat:
                continue
            found = with_content(part, root)
        except FileNotFoundError:
            damaged[part.path] = "is missing"
            continue
        except OSError as error:
            damaged[part.path] = f"cannot be read: {error.strerror}"
            continue
        if fault := _fault(part, found, root):
            damaged[part.path] = fault
        elif found != part:
            settled.append(found)
    return Looked(damaged, tuple(settled))


def strays(paths: Iterable[str], root: Path) -> list[str]:
    """Files in the lake's folder that are none of `paths`, nor left by a load that died: the next one removes those."""
    known = set(paths)
    files = (str(file.relative_to(root)) for file in root.rglob("*") if not file.is_dir() and not _OWN.match(file.name))
    return sorted(file for file in files if file not in known)


def _fault(part: Part, found: Part, root: Path) -> str | None:
    if part.sha256 is None:
        return _fault_of_rows(part, root)
    if found.bytes != part.bytes:
        return f"has {found.bytes:,} bytes instead of {part.bytes:,}"
    return None if found.sha256 == part.sha256 else "has other bytes than were written"


def _fault_of_rows(part: Part, root: Path) -> str | None:
    """Of a file whose hash nobody noted only its own footer can speak."""
    try:
        rows = pq.read_metadata(root / part.path).num_rows
    except (ArrowException, OSError) as error:
        return f"is no whole Parquet file: {' '.join(str(error).split())}"
    return None if rows == part.rows else f"has {rows:,} rows instead of {part.rows:,}"
