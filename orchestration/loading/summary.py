"""What a load did, for people and for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from orchestration.loading.refused_sums import Refused
from orchestration.loading.work_tables import WorkTable


@dataclass(frozen=True)
class LoadSummary:
    """What one load found and did.

    load_id: the load's number; where nothing changed, that of the last load that changed something (0: none)
    files_seen, files_loaded: files the zone lists, and those of them whose rows this load took in
    files_vanished: loaded once, listed no more; what they gave stays until a full refresh
    files_outside: not below a landing date or no file, so not read; files_unknown: of a source that nobody reads; each
        path with what it is
    unreadable, held_dates: files quarantined whole and landing dates held back, as things now stand
    rows_read, accepted, duplicates, quarantined: of the files loaded now, as the audit counts them
    refused: what the quarantined of these rows carried of money, by source and reason
    needs_full_refresh: what was built on the lake before must be built again
    mended: damaged files of the lake, each with what was wrong with it, that this load replaced from the landing zone
    set_aside: where a damaged warehouse is now; restored: what a new one got from the copies of one before it
    lost: files of that one that the landing zone no longer has, and how many rows each had given
    """

    load_id: int
    files_seen: int
    files_loaded: int
    files_vanished: list[str]
    files_outside: dict[str, str]
    files_unknown: dict[str, str]
    unreadable: list[str]
    held_dates: list[date]
    rows_read: int
    accepted: int
    duplicates: int
    quarantined: int
    refused: tuple[Refused, ...]
    needs_full_refresh: bool
    changed: bool
    seconds_by_step: dict[str, float]
    mended: tuple[str, ...] = ()
    set_aside: Path | None = None
    restored: str = ""
    lost: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether everything the zone holds took part: nothing outside, unreadable or held back."""
        return not (self.files_outside or self.unreadable or self.held_dates)


@dataclass
class Stopwatch:
    """Seconds by step, in the order the steps first began."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


def loaded_files(files: WorkTable, landed: WorkTable) -> str:
    """SQL for the files that this load took in. files: `FileTables.after`; landed: `ReadTables.files`."""
    return f"(from {files} where file_id in (select file_id from {landed}))"


def count_loaded(con: duckdb.DuckDBPyConnection, loaded: str) -> tuple[int, int, int, int, int]:
    """(files, rows_read, accepted, duplicates, quarantined) of the files of `loaded_files`."""
    return con.execute(  # type: ignore[return-value]
        "select count(*), coalesce(sum(rows_read), 0)::bigint, "
        "coalesce(sum(rows_read - quarantined - duplicates), 0)::bigint, coalesce(sum(duplicates), 0)::bigint, "
        f"coalesce(sum(quarantined), 0)::bigint from {loaded}"
    ).fetchone()
