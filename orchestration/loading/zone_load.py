"""The zone rules' part of a load: what clocks show, of the directory's zones, and which hours other rules move.

Rules newer than those of the last load hold from the first open date on: what was closed stays as it was dated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

import duckdb

from orchestration.closing.journal import JOURNAL, closed_to
from orchestration.loading.directory.tables import DIRECTORY_TABLES, TENANTS
from orchestration.loading.lake.lake import Area, Lake
from orchestration.loading.sources import Source
from orchestration.loading.staging import stage_rows
from orchestration.loading.work_tables import WorkTable
from orchestration.zones import rules
from orchestration.zones.spans import CYCLE, CYCLE_START, CYCLE_YEARS, Span, Zone, day_start, differing, spliced

UTC = "UTC"
_SPANS = {"timezone": "varchar", "utc_from": "timestamp", "utc_to": "timestamp", "offset_seconds": "integer"}
_NAMES = ", ".join(_SPANS)
# The time that the spans know, as long before as the calendar's cycles are.
_KNOWN = f"({{at}} - greatest((year({{at}}) - {CYCLE_START.year}) // {CYCLE_YEARS}, 0) * interval '{CYCLE.days}' day)"
_ITEMS = next(table for table in DIRECTORY_TABLES if table.name == "items")


class ZoneLoad:
    """What this load does with the zone rules.

    version: of the installed rules; are_current: whether they are those of the last load; has_changed: whether
    anything is to be published, known after `settle`
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(JOURNAL)
        self.con = con
        self.version = rules.installed_version()
        row = con.execute("select version, kept_to from lake.zone_rules order by load_id desc limit 1").fetchone()
        stored, kept_to = row or (None, None)
        self._closed_to = closed_to(con)
        was_reopened = kept_to is not None and (self._closed_to is None or self._closed_to < kept_to)
        self.are_current = stored == self.version and not was_reopened
        self._kept_to: date | None = self._closed_to if stored != self.version or was_reopened else kept_to
        self._in_force = self._read()
        self._wanted: dict[str, Zone] = {}
        self.has_changed = False

    def zone_of(self, name: str) -> Zone:
        """What a zone's clocks show from this load on. `name`: one of the zones there are."""
        if name not in self._wanted:
            self._wanted[name] = Zone(self._spans_of(name))
        return self._wanted[name]

    def _spans_of(self, name: str) -> tuple[Span, ...]:
        before = self._in_force.get(name, ())
        if before and self.are_current:
            return before
        installed = rules.installed_spans(name)
        if not before or not self._closed_to:
            return installed
        first_open = self._closed_to + timedelta(days=1)
        return spliced(before, installed, max(day_start(before, first_open), day_start(installed, first_open)))

    def _read(self) -> dict[str, tuple[Span, ...]]:
        found = defaultdict(list)
        rows = self.con.execute(f"select {_NAMES} from lake.zone_offsets where until_load_id is null order by all")
        for name, *span in rows.fetchall():
            found[name].append(Span(*span))
        return {name: tuple(spans) for name, spans in found.items()}

    def settle(self, *, directory_was_read: bool) -> None:
        """Decide what is new for the zones of the directory, and of those before it."""
        tenants = TENANTS.incoming if directory_was_read else TENANTS.table
        named = {row[0] for row in self.con.execute(f"select distinct timezone from {tenants}").fetchall()}
        names = sorted({UTC, *named} | (self._in_force.keys() & rules.zone_names()))
        wanted = {(name, *span) for name in names for span in self.zone_of(name).spans}
        stored = {(name, *span) for name in names for span in self._in_force.get(name, ())}
        self._new, self._gone = sorted(wanted - stored), sorted(stored - wanted)
        self.has_changed = not self.are_current or bool(self._new)

    def add_touched_hours(self, touched: WorkTable, lake: Lake, areas: Collection[tuple[Source, Area]]) -> None:
        """Add the (tenant, hour) of what lies where clocks show something else now to `touched`."""
        moved = self._moved()
        if not moved:
            return
        stage_rows(self.con, "moved_hours", {name: _SPANS[name] for name in ("timezone", "utc_from", "utc_to")}, moved)
        rows = {lake.relation(area): source.at_column for source, area in areas}
        rows |= {_ITEMS.incoming: "created_at", _ITEMS.table: "created_at"}
        for relation, at in rows.items():
            known = _KNOWN.format(at=f"events.{at}")
            self.con.execute(f"""
                insert into {touched}
                select distinct events.tenant_id, date_trunc('hour', events.{at})
                from {relation} as events
                left join {TENANTS.incoming} as tenants on tenants.tenant_id = events.tenant_id
                inner join moved_hours as moved
                    on moved.timezone = coalesce(tenants.timezone, '{UTC}')
                    and {known} < moved.utc_to and {known} >= moved.utc_from""")

    def _moved(self) -> list[tuple[object, ...]]:
        """The stretches of time in which a zone that has been in force shows something else now."""
        found: list[tuple[object, ...]] = []
        for name in {row[0] for row in self._gone}:
            spans = [[Span(*row[1:]) for row in rows if row[0] == name] for rows in (self._gone, self._new)]
            found += [(name, *stretch) for stretch in differing(*spans)]
        return found

    def publish(self, load_id: int, *, forget: bool) -> None:
        """Within the caller's transaction: make the rules those of schema lake from this load on."""
        con = self.con
        if forget:
            con.execute("delete from lake.zone_offsets where until_load_id is not null")
        if self._gone:
            stage_rows(con, "zone_offsets_gone", _SPANS, self._gone)
            con.execute(
                f"update lake.zone_offsets set until_load_id = $1 where until_load_id is null "
                f"and ({_NAMES}) in (select ({_NAMES}) from zone_offsets_gone)",
                [load_id],
            )
        if self._new:
            stage_rows(con, "zone_offsets_new", _SPANS, self._new)
            con.execute(f"insert into lake.zone_offsets select {_NAMES}, $1, null from zone_offsets_new", [load_id])
        if not self.are_current:
            con.execute("insert into lake.zone_rules values ($1, $2, $3)", [load_id, self.version, self._kept_to])
