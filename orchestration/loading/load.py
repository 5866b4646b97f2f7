"""Landing zone → typed, deduplicated Parquet lake and audit: the story of one load.

    scan → directory → read → hold back → resolve → write → publish

Whatever happens before `publish` leaves no trace but Parquet files that nothing refers to; the next load sweeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.errors import TallybookError
from orchestration.forgetting.arriving import forget_in_landed
from orchestration.keeping import set_aside_damaged
from orchestration.loading.audit import count_duplicates, decide_held_dates, publish_audit
from orchestration.loading.directory.load import DirectoryLoad
from orchestration.loading.identity import Resolver
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.loading.lake.lake import Lake
from orchestration.loading.lake.mending import Mended, mend
from orchestration.loading.listed_models import add_models, complete_prices, look_up, new_models
from orchestration.loading.opening import opened_to_load
from orchestration.loading.refused_sums import refused_money
from orchestration.loading.sources import SOURCES, Source
from orchestration.loading.summary import LoadSummary, Stopwatch, count_loaded, loaded_files
from orchestration.loading.work_tables import LoadTables
from orchestration.loading.zone.arrivals import (
    KnownFile,
    files_to_read,
    in_range,
    outdated_sources,
    read_arrivals,
    settle_files,
    stage_known_files,
    vanished_files,
)
from orchestration.loading.zone.landing import Zone, ZoneFile, scan_zone
from orchestration.loading.zone_load import ZoneLoad
from orchestration.progress import Progress, silent
from orchestration.warehouse import lake_root, require_place
from orchestration.writer_lock import writer_lock


class LoadError(TallybookError):
    """What was asked for contradicts itself."""


def load(
    raw: str,
    warehouse: Path,
    *,
    full_refresh: bool = False,
    release: date | None = None,
    landing_dates: tuple[date, date] | None = None,
    quarantine_limit_pct: float = 5.0,
    sources: Sequence[Source] = SOURCES,
    progress: Progress = silent,
) -> LoadSummary:
    """Bring the lake beside `warehouse` and its audit up to date with the landing zone at `raw`.

    full_refresh: forget everything but past releases, and read the zone again
    release: let the rows of a landing date that is held back take part from now on
    landing_dates: look only at files of these landing dates, both inclusive

    Files of the lake that are damaged or missing are mended from the zone. Raises TallybookError (LoadError,
    OpeningError, LakeError, LandingError, StorageError, DirectoryError, ReleaseError, WarehouseError), and then nothing
    of this load is visible.
    """
    if full_refresh and landing_dates:
        raise LoadError("a full refresh forgets the whole lake, so it cannot be limited to some landing dates")
    require_place(warehouse)
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with writer_lock(warehouse):
        aside = set_aside_damaged(warehouse) if full_refresh else None
        con, restored = opened_to_load(warehouse)
        with con:
            ensure_catalog(con)
            work = _Load(con, warehouse, raw, full_refresh, release, landing_dates, sources, progress)
            done = work.run(quarantine_limit_pct)
        lost = {path: rows for path, rows in restored.files.items() if rows and path not in work.listed}
        return replace(done, set_aside=aside, restored=restored.message, lost=lost)


class _Load:
    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        warehouse: Path,
        raw: str,
        forget: bool,
        release: date | None,
        dates: tuple[date, date] | None,
        sources: Sequence[Source],
        progress: Progress,
    ) -> None:
        self.con, self.raw, self.forget, self.release = con, raw, forget, release
        self.dates, self.sources, self.progress = dates, sources, progress
        last = con.execute("select max(load_id) from lake.loads").fetchone()[0]  # type: ignore[index]
        self.last_load_id: int = last or 0
        self.is_first = forget or last is None
        self.lake = Lake(con, lake_root(warehouse), self.last_load_id + 1, forget=forget)
        self.mended = Mended()
        self.listed: set[str] = set()
        # Sources whose files another version read.
        self.outdated: frozenset[str] = frozenset()
        self.zones = ZoneLoad(con)
        self.watch = Stopwatch()
        self.tables = LoadTables()

    def run(self, limit_pct: float) -> LoadSummary:
        with self.watch.step("scan"):
            self.lake.sweep()
            zone = scan_zone(self.raw, {source.name for source in self.sources})
            self.listed = {file.path for file in zone.files}
            known = stage_known_files(self.con, self.tables.known, self.sources, forget=self.forget)
            self.outdated = frozenset(outdated_sources(self.con, self.tables.known.outdated))
            files = [
                file for file in zone.files if in_range(file.landing_date, self.dates) or file.source in self.outdated
            ]
            self.mended = mend(self.con, self.lake, self.sources, zone, known, self.tables.known.files)
            looked_at = {file.path for file in files} | set(self.mended.read_again)
            wanted = files_to_read([file for file in zone.files if file.path in looked_at], known)
        with self.watch.step("directory"):
            directory = DirectoryLoad(self.con, zone, self.zones, forget=self.forget)
            directory.read()
            self.zones.settle(directory_was_read=directory.was_read)
        with self.watch.step("read"):
            self._read(wanted, known)
        files_after, held = self.tables.files.after, self.tables.held
        held_dates = decide_held_dates(self.con, files_after, held, limit_pct, self.release, forget=self.forget)
        changed = directory.has_changed or self.zones.has_changed or self._has_changed()
        needs_full_refresh = False
        if changed:
            needs_full_refresh = self._apply(directory)
        else:
            self._tidy(directory, looked_again=bool(wanted) or directory.was_read)
        return self._summarise(
            zone,
            files,
            vanished_files(known, files, self.dates) + directory.vanished,
            held_dates,
            changed,
            needs_full_refresh,
        )

    def _read(self, wanted: Sequence[ZoneFile], known: dict[str, KnownFile]) -> None:
        tables = self.tables
        read_arrivals(self.con, wanted, known, tables.known.files, tables.read, self.sources, self.progress)
        settle_files(self.con, tables.known, tables.read, tables.files, self.sources)
        forget_in_landed(self.con, [source.landed for source in self.sources], tables.read.drift)

    def _has_changed(self) -> bool:
        """Whether content or its columns, a held-back date or a release is other than the last load left it."""
        if self.is_first or self.outdated:
            return True
        query = (
            f"select exists(from {self.tables.read.files}) or {self.tables.held.has_changed} "
            "or ($1 is not null and $1 not in (select landing_date from audit.releases))"
        )
        return bool(self.con.execute(query, [self.release]).fetchone()[0])  # type: ignore[index]

    def _apply(self, directory: DirectoryLoad) -> bool:
        """Write and publish everything. Returns whether what was built before must be built again."""
        con, tables, touched = self.con, self.tables, self.tables.touched_hours
        con.execute("set preserve_insertion_order = false")
        con.execute(f"create or replace temp table {touched} ({touched.columns})")
        resolvers = [Resolver(con, self.lake, source, tables.files, tables.held) for source in self.sources]
        counting = [(resolver.source, resolver.counting) for resolver in resolvers]
        # What was built may stand on what is damaged now, and nobody can say which hours a lost row was of.
        needs_full_refresh = (
            self.is_first
            or bool(self.mended.damaged)
            or directory.moves_tenants(self.lake, [area for _, area in counting])
        )
        with self.watch.step("resolve and write"):
            for place, resolver in enumerate(resolvers):
                self.progress("lake", place, len(resolvers))
                if resolver.source.name in self.outdated:
                    resolver.reshape()
                resolver.resolve(None if needs_full_refresh else touched)
            self.progress("lake", len(resolvers), len(resolvers))
            count_duplicates(con, tables.files.after, tables.held.now, resolvers)
        if not needs_full_refresh:
            directory.add_touched_hours(touched, self.lake, resolvers)
            self.zones.add_touched_hours(touched, self.lake, counting)
        with self.watch.step("prices"):
            priced = look_up(new_models(con, self.lake, counting))
        with self.watch.step("publish"):
            con.begin()
            try:
                self._publish(resolvers, directory, needs_full_refresh)
                add_models(con, priced)
                if self.is_first or self.outdated:
                    complete_prices(con)
                con.commit()
            except BaseException:
                con.rollback()
                raise
            self.lake.sweep_leaving()
        return needs_full_refresh

    def _publish(self, resolvers: Sequence[Resolver], directory: DirectoryLoad, needs_full_refresh: bool) -> None:
        con, tables, load_id = self.con, self.tables, self.lake.load_id
        if self.forget:
            con.execute("delete from lake.changes")
            con.execute("delete from lake.loads")
        self.lake.publish(area for resolver in resolvers for area in resolver.areas)
        self.lake.note(self.mended.settled)
        con.execute(f"delete from lake.readings where source in (select source from {tables.known.sources})")
        con.execute(f"insert into lake.readings from {tables.known.sources}")
        publish_audit(con, tables, self.sources, directory.checked, self.release, forget=self.forget)
        directory.publish()
        self.zones.publish(load_id, forget=self.forget)
        con.execute(
            f"insert into lake.changes select distinct $1, tenant_id, event_hour from {tables.touched_hours}", [load_id]
        )
        con.execute(
            f"insert into lake.loads select $1, max(landing_date), $2 from {tables.files.after}",
            [load_id, needs_full_refresh],
        )

    def _tidy(self, directory: DirectoryLoad, *, looked_again: bool) -> None:
        """No content changed. Remember the times of files that were looked at again, and follow a moved warehouse."""
        con, has_moved = self.con, self.lake.has_moved()
        if not (looked_again or has_moved or self.mended.settled):
            return
        if has_moved:
            self.lake.follow_move()
        con.begin()
        self.lake.note(self.mended.settled)
        con.execute(
            f"update lake.files set stat = unchanged.stat from {self.tables.files.unchanged} as unchanged "
            "where unchanged.known_id = files.file_id and unchanged.stat is distinct from files.stat"
        )
        directory.note_stats()
        con.commit()

    def _summarise(
        self,
        zone: Zone,
        files: Sequence[ZoneFile],
        vanished: list[str],
        held_dates: list[date],
        changed: bool,
        needs_full_refresh: bool,
    ) -> LoadSummary:
        unreadable = self.con.execute("select path from lake.files where unreadable order by path").fetchall()
        loaded_now = loaded_files(self.tables.files.after, self.tables.read.files)
        loaded, rows_read, accepted, duplicates, quarantined = count_loaded(self.con, loaded_now)
        return LoadSummary(
            load_id=self.lake.load_id if changed else self.last_load_id,
            files_seen=len(files),
            files_loaded=loaded,
            files_vanished=vanished,
            files_outside=zone.outside,
            files_unknown=zone.unknown,
            unreadable=[row[0] for row in unreadable],
            held_dates=held_dates,
            rows_read=rows_read,
            accepted=accepted,
            duplicates=duplicates,
            quarantined=quarantined,
            refused=refused_money(self.con, f"select path from {loaded_now}"),
            needs_full_refresh=needs_full_refresh,
            changed=changed,
            seconds_by_step=self.watch.seconds,
            mended=self.mended.in_words(self.lake.root),
        )
