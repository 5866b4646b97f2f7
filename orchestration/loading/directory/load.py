"""The directory's part of a load: read it again if any of its files may have changed, and say what that touches."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.building.state import built_until
from orchestration.forgetting.arriving import forget_in_incoming
from orchestration.loading.dated_rows import FIRST_DATE
from orchestration.loading.directory.changes import (
    add_item_hours,
    add_touched_hours,
    changed_tables,
    ensure_directory_tables,
    publish_directory,
    stage_directory,
    zone_changed_under_rows,
)
from orchestration.loading.directory.directory import Directory, read_directory
from orchestration.loading.directory.in_force import (
    DATED_TABLES,
    InForce,
    differing_since,
    first_open_date,
    publish_in_force,
    read_in_force,
    read_rows,
    taken,
    taken_after,
)
from orchestration.loading.directory.tables import DIRECTORY_TABLES, TENANTS, DirectoryTable
from orchestration.loading.directory.waiting import note_waiting
from orchestration.loading.identity import Resolver
from orchestration.loading.lake.catalog import replace_rows
from orchestration.loading.lake.lake import Area, Lake
from orchestration.loading.staging import stage_rows
from orchestration.loading.work_tables import WorkTable
from orchestration.loading.zone.arrivals import local_copy
from orchestration.loading.zone.landing import Zone
from orchestration.loading.zone_load import ZoneLoad


class DirectoryLoad:
    """What this load does with the reference data.

    checked: the typed tables, None if no file looks other than it did; vanished: files that were there once. What a
    vanished file gave stays until a full refresh; without tenants.csv nothing can be loaded at all.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, zone: Zone, zones: ZoneLoad, *, forget: bool) -> None:
        ensure_directory_tables(con)
        self.con, self.zones, self.forget = con, zones, forget
        known_names = {table.path for table in DIRECTORY_TABLES}
        self.outside = zone.outside
        self.files = [file for file in zone.directory if file.path in known_names]
        rows = [] if forget else con.execute("select path, stat, sha256 from lake.directory_files").fetchall()
        self._known = {path: (stat, sha256) for path, stat, sha256 in rows}
        there = {file.path for file in self.files}
        self.vanished = sorted(path for path in self._known if path not in there)
        self.checked: Directory | None = None
        self._changed: list[DirectoryTable] = []
        self._drift_changed = False
        self._in_force: dict[DirectoryTable, InForce] = {}

    @property
    def was_read(self) -> bool:
        return self.checked is not None

    @property
    def has_changed(self) -> bool:
        return bool(self._changed) or self._drift_changed

    def read(self) -> None:
        """Read and check the files unless all of them, and the zone rules, are as they were. Raises DirectoryError."""
        is_as_it_was = (
            self._known
            and self.zones.are_current
            and TENANTS.path not in self.vanished
            and all(
                file.stat is not None and self._known.get(file.path, (None,))[0] == file.stat for file in self.files
            )
        )
        if is_as_it_was:
            return
        with tempfile.TemporaryDirectory(prefix="tallybook-") as folder:
            copies = {file.path: local_copy(file, place, Path(folder)) for place, file in enumerate(self.files)}
            self.checked = read_directory(copies, self.zones.zone_of, self.outside)
            self._stage_stats({path: _sha256(copy) for path, copy in copies.items()})
        stage_directory(self.con, self._tables(self.checked))
        self.checked.drift = forget_in_incoming(self.con, self.checked.drift)
        self._changed = changed_tables(self.con)
        stored = self.con.execute("select file, field from audit.schema_drift where source = 'directory'").fetchall()
        self._drift_changed = sorted(stored) != sorted(self.checked.drift)
        self._settle_in_force()

    def _settle_in_force(self) -> None:
        """Decide which rates and contract prices are in force from this load on, and since when they are others."""
        first_open, built = first_open_date(self.con), built_until(self.con)
        is_first = self.con.execute("from lake.loads limit 1").fetchone() is None
        for table in DATED_TABLES:
            before = read_in_force(self.con, table)
            after: InForce = before
            if table in self._changed:
                now = read_rows(self.con, table, table.incoming)
                # What was closed may come without its rates from a copy that an older version kept.
                is_new = is_first and not before
                after = (
                    taken_after(before, now, built)
                    if built and not is_new
                    else taken(before, now, FIRST_DATE if is_new else first_open)
                )
                self._in_force[table] = after
            stage_rows(
                self.con,
                f"other_{table.name}",
                {"changed_model": "varchar", "since": "timestamp"},
                list(differing_since(before, after).items()),
            )

    def _tables(self, checked: Directory) -> dict[str, pa.Table]:
        """The typed tables; those of vanished files as they are stored."""
        kept = {
            table.name: self.con.execute(f"from {table.table}").to_arrow_table()
            for table in DIRECTORY_TABLES
            if table.path in self.vanished
        }
        return {**checked.tables, **kept}

    def _stage_stats(self, hashes: dict[str, str]) -> None:
        rows = {path: known for path, known in self._known.items() if path in self.vanished}
        rows |= {file.path: (file.stat, hashes[file.path]) for file in self.files}
        stage_rows(
            self.con,
            "directory_files_after",
            {"path": "varchar", "stat": "varchar", "sha256": "varchar"},
            [(path, *known) for path, known in rows.items()],
        )

    def moves_tenants(self, lake: Lake, areas: Sequence[Area]) -> bool:
        """Whether local dates of rows loaded before are other ones now."""
        return TENANTS in self._changed and zone_changed_under_rows(self.con, lake, areas)

    def add_touched_hours(self, touched: WorkTable, lake: Lake, resolvers: Sequence[Resolver]) -> None:
        """Add the hours whose meaning changed with the directory to `touched`."""
        if not {table.name for table in self._changed} & {"users", "items", "rates", "prices"}:
            return
        add_item_hours(self.con, touched)
        for resolver in resolvers:
            add_touched_hours(self.con, touched, lake, resolver.counting, resolver.source)

    def publish(self) -> None:
        """Within the caller's transaction: make what was read the directory of schema lake."""
        publish_directory(self.con, self._changed)
        for table, rows in self._in_force.items():
            publish_in_force(self.con, table, rows)
        if self._in_force:
            note_waiting(self.con)
        if self.was_read:
            self.note_stats()

    def note_stats(self) -> None:
        """Within the caller's transaction: remember how the files looked, so that they need not be read again."""
        if self.was_read:
            replace_rows(self.con, "lake.directory_files", "from directory_files_after order by path")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
