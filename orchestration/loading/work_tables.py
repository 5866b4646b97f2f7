"""The temporary tables that the steps of a load hand to each other, under one name each.

A step is passed those that it reads and writes. What a step needs for itself alone it names itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class WorkTable:
    """A temporary table. columns: what it holds, as SQL declares it; '' where that follows from what fills it."""

    name: str
    columns: str = ""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class KnownTables:
    """What was loaded before.

    files: lake.files as this load sees it, empty where all is to be forgotten
    sources: source, and the reading that it has now; outdated: sources whose files were read in another way before
    """

    files: WorkTable = WorkTable("known_files")
    sources: WorkTable = WorkTable("sources_now")
    outdated: WorkTable = WorkTable("outdated_sources")


@dataclass(frozen=True)
class ReadTables:
    """What reading gave, beside the rows of each source (`Source.landed`).

    now: the files that were read; files: what was found in each; drift: unknown fields of each
    """

    now: WorkTable = WorkTable("read_now")
    files: WorkTable = WorkTable(
        "landed_files",
        "file_id integer, sha256 varchar, bytes bigint, rows_read bigint, quarantined bigint, unreadable boolean",
    )
    drift: WorkTable = WorkTable("landed_drift", "file_id integer, field varchar")


READ_TABLES = ReadTables()


@dataclass(frozen=True)
class FileTables:
    """What became of the files.

    unchanged: read again and the same (file_id, known_id, stat); gone: contents that were replaced (file_id, source,
    path); after: lake.files as it will be
    """

    unchanged: WorkTable = WorkTable("unchanged")
    gone: WorkTable = WorkTable("gone_files")
    after: WorkTable = WorkTable("files_after")


@dataclass(frozen=True)
class HeldTables:
    """Landing dates (landing_date) that were held back before this load, and those that are from now on."""

    before: WorkTable = WorkTable("held_before")
    now: WorkTable = WorkTable("held_now")

    @property
    def has_changed(self) -> str:
        """SQL: whether any date is held back now that was not, or the other way round."""
        return f"exists(from {self.before} except from {self.now}) or exists(from {self.now} except from {self.before})"


@dataclass(frozen=True)
class LoadTables:
    """All of one load. touched_hours: the (tenant, hour) of whatever counts otherwise than before."""

    known: KnownTables = field(default_factory=KnownTables)
    read: ReadTables = field(default_factory=ReadTables)
    files: FileTables = field(default_factory=FileTables)
    held: HeldTables = field(default_factory=HeldTables)
    touched_hours: WorkTable = WorkTable("touched_hours", "tenant_id varchar, event_hour timestamp")
