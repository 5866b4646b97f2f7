"""The files of a load: which of the zone's must be read, and which of those turn out to be new, changed or the same.

Leaves these temporary tables: read_now (the files read), known_files (lake.files as this load sees it),
outdated_sources (their files are read anew, changed or not), gone_files (file_id of the contents that were replaced),
files_after (lake.files as it will be).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from orchestration.loading.sources import Source
from orchestration.loading.staging import stage_rows
from orchestration.loading.zone.landing import LandedFile, ZoneFile
from orchestration.loading.zone.storage import fetch
from orchestration.object_stores import is_url
from orchestration.progress import Progress

# Objects are fetched in batches of at most this size, read, and thrown away before the next batch.
SPOOL_BYTES = 1 << 30


@dataclass(frozen=True)
class KnownFile:
    """What the last load noted about a file."""

    stat: str | None
    sha256: str
    bytes: int


def stage_known_files(
    con: duckdb.DuckDBPyConnection, sources: Sequence[Source], *, forget: bool
) -> dict[str, KnownFile]:
    """Fill known_files, empty if all is to be forgotten, and outdated_sources; return known_files by path.

    What is returned of files that the earlier version of a source's reader read fits no file, so that they are read.
    """
    con.execute(f"create or replace temp table known_files as from lake.files where {not forget}")
    stage_rows(
        con,
        "sources_now",
        {"source": "varchar", "reading": "integer"},
        [(source.name, source.reading) for source in sources],
    )
    con.execute("""
        create or replace temp table outdated_sources as
        select source from sources_now left join lake.readings using (source)
        where sources_now.reading <> coalesce(readings.reading, 1) and source in (select source from known_files)""")
    rows = con.execute(
        "select path, if(is_outdated, null, stat), if(is_outdated, '', sha256), bytes from ("
        "select *, source in (from outdated_sources) as is_outdated from known_files)"
    ).fetchall()
    return {path: KnownFile(stat, sha256, size) for path, stat, sha256, size in rows}


def outdated_sources(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of sources whose files were read in another way than they are now."""
    return {name for (name,) in con.execute("from outdated_sources").fetchall()}


def files_to_read(files: Sequence[ZoneFile], known: dict[str, KnownFile]) -> list[ZoneFile]:
    """The files that are new or that do not look as they did."""
    return [file for file in files if file.stat is None or file.path not in known or known[file.path].stat != file.stat]


def read_arrivals(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[ZoneFile],
    known: dict[str, KnownFile],
    sources: Sequence[Source],
    progress: Progress,
) -> None:
    """Read the files into the landed_* tables, and fill read_now with them.

    A file of the size it had is hashed first: where only its times changed it need not be parsed.
    """
    for source in sources:
        source.read(con, [], progress)
    numbered = _numbered(con, files)
    touched: list[tuple[int, str]] = []
    for name, group in groupby(numbered, lambda item: item[1].source):
        source = next(source for source in sources if source.name == name)
        for batch in _batches(list(group)):
            with tempfile.TemporaryDirectory(prefix="tallybook-") as folder:
                landed = _spooled(batch, Path(folder))
                changed = []
                for file in landed:
                    before = known.get(file.path)
                    if before and before.bytes == file.bytes and _sha256(file.local) == before.sha256:
                        touched.append((file.file_id, before.sha256))
                    else:
                        changed.append(file)
                if changed:
                    source.read(con, changed, progress)
    stage_rows(con, "touched_files", {"file_id": "integer", "sha256": "varchar"}, touched)
    con.execute("insert into landed_files by name from touched_files")


def settle_files(con: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Drop what was read again without having changed, and fill gone_files and files_after."""
    con.execute("""
        create or replace temp table unchanged as
        select read_now.file_id, known_files.file_id as known_id, read_now.stat
        from read_now join landed_files on landed_files.file_id = read_now.file_id
        join known_files on known_files.path = read_now.path and known_files.sha256 = landed_files.sha256
        where read_now.source not in (from outdated_sources)""")
    if con.execute("select exists(from unchanged)").fetchone()[0]:  # type: ignore[index]
        for table in ["landed_files", "landed_drift", *(source.landed for source in sources)]:
            con.execute(f"delete from {table} where file_id in (select file_id from unchanged)")
    con.execute("""
        create or replace temp table gone_files as
        select known_files.file_id, source, path from known_files
        where path in (select path from read_now where file_id in (select file_id from landed_files))""")
    con.execute("""
        create or replace temp table files_after as
        select known_files.* replace (if(unchanged.known_id is null, known_files.stat, unchanged.stat) as stat)
        from known_files left join unchanged on unchanged.known_id = known_files.file_id
        where known_files.file_id not in (select file_id from gone_files)
        union all by name
        select read_now.file_id, source, path, landing_date, stat, sha256, landed_files.bytes, rows_read, quarantined,
            cast(0 as bigint) as duplicates, unreadable,
            cast(current_timestamp at time zone 'UTC' as timestamp) as loaded_at
        from read_now join landed_files on landed_files.file_id = read_now.file_id""")


def vanished_files(
    known: dict[str, KnownFile], files: Sequence[ZoneFile], dates: tuple[date, date] | None
) -> list[str]:
    """Paths that were loaded once and that the zone (of those landing dates) no longer lists."""
    there = {file.path for file in files}
    return sorted(
        path for path in known if path not in there and in_range(date.fromisoformat(path.split("/")[1]), dates)
    )


def in_range(day: date | None, dates: tuple[date, date] | None) -> bool:
    return dates is None or day is not None and dates[0] <= day <= dates[1]


def local_copy(file: ZoneFile, number: int, folder: Path) -> Path:
    """Where the bytes of one file can be read, fetched into `folder` if they lie elsewhere."""
    return fetch([(file.location, number)], folder)[0] if is_url(file.location) else Path(file.location)


def _numbered(con: duckdb.DuckDBPyConnection, files: Sequence[ZoneFile]) -> list[tuple[int, ZoneFile]]:
    """Give each file a number that none before it had, and fill read_now."""
    ordered = sorted(files, key=lambda file: (file.source, file.landing_date, file.path.encode()))
    last = con.execute("select coalesce(max(file_id), 0) from known_files").fetchone()[0]  # type: ignore[index]
    numbered = list(enumerate(ordered, start=last + 1))
    stage_rows(
        con,
        "read_now",
        {"file_id": "integer", "source": "varchar", "path": "varchar", "landing_date": "date", "stat": "varchar"},
        [(number, file.source, file.path, file.landing_date, file.stat) for number, file in numbered],
    )
    return numbered


def _batches(files: list[tuple[int, ZoneFile]]) -> Iterator[list[tuple[int, ZoneFile]]]:
    """Local files all at once, objects in batches that fit into the spool."""
    batch: list[tuple[int, ZoneFile]] = []
    size = 0
    for item in files:
        if batch and is_url(item[1].location) and size + item[1].bytes > SPOOL_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item[1].bytes
    if batch:
        yield batch


def _spooled(batch: Sequence[tuple[int, ZoneFile]], folder: Path) -> list[LandedFile]:
    away = [(file.location, number) for number, file in batch if is_url(file.location)]
    fetched = dict(zip([number for _, number in away], fetch(away, folder), strict=True)) if away else {}
    return [
        LandedFile(
            number, file.source, file.path, file.landing_date, fetched.get(number, Path(file.location)), file.bytes
        )
        for number, file in batch
        if file.landing_date is not None
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
