"""The files of a load: which of the zone's must be read, and which of those turn out to be new, changed or the same.

Files of outdated sources are read again, changed or not.
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
from orchestration.loading.work_tables import FileTables, KnownTables, ReadTables, WorkTable
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
    con: duckdb.DuckDBPyConnection, tables: KnownTables, sources: Sequence[Source], *, forget: bool
) -> dict[str, KnownFile]:
    """Fill `tables`, and return the known files by path: none if all is to be forgotten.

    What is returned of files that the earlier version of a source's reader read fits no file, so that they are read.
    """
    con.execute(f"create or replace temp table {tables.files} as from lake.files where {not forget}")
    stage_rows(
        con,
        tables.sources.name,
        {"source": "varchar", "reading": "integer"},
        [(source.name, source.reading) for source in sources],
    )
    con.execute(f"""
        create or replace temp table {tables.outdated} as
        select source from {tables.sources} as now left join lake.readings using (source)
        where now.reading <> coalesce(readings.reading, 1)
            and (readings.reading is not null or source in (select source from {tables.files}))""")
    rows = con.execute(
        "select path, if(is_outdated, null, stat), if(is_outdated, '', sha256), bytes from ("
        f"select *, source in (from {tables.outdated}) as is_outdated from {tables.files})"
    ).fetchall()
    return {path: KnownFile(stat, sha256, size) for path, stat, sha256, size in rows}


def outdated_sources(con: duckdb.DuckDBPyConnection, outdated: WorkTable) -> set[str]:
    """Names of sources whose files were read in another way than they are now."""
    return {name for (name,) in con.execute(f"from {outdated}").fetchall()}


def files_to_read(files: Sequence[ZoneFile], known: dict[str, KnownFile]) -> list[ZoneFile]:
    """The files that are new or that do not look as they did."""
    return [file for file in files if file.stat is None or file.path not in known or known[file.path].stat != file.stat]


def read_arrivals(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[ZoneFile],
    known: dict[str, KnownFile],
    known_files: WorkTable,
    into: ReadTables,
    sources: Sequence[Source],
    progress: Progress,
) -> None:
    """Read the files, which get numbers above those of `known_files`, into the tables of their sources and `into`.

    A file of the size it had is hashed first: where only its times changed it need not be parsed.
    """
    for source in sources:
        source.read(con, [], progress, into)
    numbered = _numbered(con, files, known_files, into.now)
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
                    source.read(con, changed, progress, into)
    stage_rows(con, "touched_files", {"file_id": "integer", "sha256": "varchar"}, touched)
    con.execute(f"insert into {into.files} by name from touched_files")


def settle_files(
    con: duckdb.DuckDBPyConnection, known: KnownTables, read: ReadTables, into: FileTables, sources: Sequence[Source]
) -> None:
    """Drop what was read again without having changed, also from what was read of each source, and fill `into`."""
    con.execute(f"""
        create or replace temp table {into.unchanged} as
        select now.file_id, known.file_id as known_id, now.stat
        from {read.now} as now join {read.files} as landed on landed.file_id = now.file_id
        join {known.files} as known on known.path = now.path and known.sha256 = landed.sha256
        where now.source not in (from {known.outdated})""")
    if con.execute(f"select exists(from {into.unchanged})").fetchone()[0]:  # type: ignore[index]
        for table in [read.files.name, read.drift.name, *(source.landed for source in sources)]:
            con.execute(f"delete from {table} where file_id in (select file_id from {into.unchanged})")
    con.execute(f"""
        create or replace temp table {into.gone} as
        select file_id, source, path from {known.files}
        where path in (select path from {read.now} where file_id in (select file_id from {read.files}))""")
    con.execute(f"""
        create or replace temp table {into.after} as
        select known.* replace (if(unchanged.known_id is null, known.stat, unchanged.stat) as stat)
        from {known.files} as known left join {into.unchanged} as unchanged on unchanged.known_id = known.file_id
        where known.file_id not in (select file_id from {into.gone})
        union all by name
        select now.file_id, source, path, landing_date, stat, sha256, landed.bytes, rows_read, quarantined,
            cast(0 as bigint) as duplicates, unreadable,
            cast(current_timestamp at time zone 'UTC' as timestamp) as loaded_at
        from {read.now} as now join {read.files} as landed on landed.file_id = now.file_id""")


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


def _numbered(
    con: duckdb.DuckDBPyConnection, files: Sequence[ZoneFile], known_files: WorkTable, into: WorkTable
) -> list[tuple[int, ZoneFile]]:
    """Give each file a number that none of `known_files` has, and fill `into`."""
    ordered = sorted(files, key=lambda file: (file.source, file.landing_date, file.path.encode()))
    last = con.execute(f"select coalesce(max(file_id), 0) from {known_files}").fetchone()[0]  # type: ignore[index]
    numbered = list(enumerate(ordered, start=last + 1))
    stage_rows(
        con,
        into.name,
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
