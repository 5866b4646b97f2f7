"""Which version of a row counts: the highest revision; of equals the preferred one, then the first that landed.

A source's lake table holds the rows that count. Everything else that may come to count again lies aside: versions that
lost, and rows of landing dates that are held back. A load looks only at the keys that it touches, so that the result is
the same however the files were spread over loads.
"""

from __future__ import annotations

from datetime import date

import duckdb

from orchestration.loading import refused
from orchestration.loading.lake.lake import EVENT_DATE, KEY_HASH, Area, Lake, quoted
from orchestration.loading.sources import Source
from orchestration.loading.work_tables import FileTables, HeldTables, WorkTable

READER_COLUMNS = ("reason", "detail", "raw_text", "unknown_fields", *(name.split()[0] for name in refused.COLUMNS))
HALF_A_MILLISECOND = "500 microseconds"


def _stands(place: str, *, counts: bool) -> str:
    """SQL: whether a row was ranked as coming from `place`, with this outcome."""
    return (
        f"struct_pack(f := file_id, l := line_no) in (select struct_pack(f := file_id, l := line_no) "
        f"from standing where place = '{place}' and counts = {counts})"
    )


class Resolver:
    """Brings one source's lake table, and what lies aside, up to date with what has just landed."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, lake: Lake, source: Source, files: FileTables, held: HeldTables
    ) -> None:
        self.con, self.lake, self.source, self.files, self.held = con, lake, source, files, held
        self._held = f"landing_date in (select landing_date from {held.now})"
        self._freed = f"landing_date in (from {held.before} except from {held.now})"
        self._gone = f"file_id in (select file_id from {files.gone})"
        described = con.execute(f"describe {source.landed}").fetchall()
        columns = {row[0]: row[1] for row in described if row[0] not in READER_COLUMNS}
        self.counting = Area(source.table, columns, source.at_column)
        self.aside = Area(source.table_aside, columns, source.at_column, is_monthly=True)
        self.areas = (self.counting, self.aside)
        self._key = source.key or source.id_column
        self._key_hash = source.key_hash
        self._contender = (
            f"tenant_id, {self._key} as key, {source.id_column} as id, "
            f"{source.told_apart or 'cast(null as varchar)'} as apart, {source.form} as form, "
            f"{source.at_column} as moment, "
            f"revision, {source.preferred} as is_preferred, file_id, line_no"
        )
        self._names = ", ".join(quoted(name) for name in columns)
        self._fresh = (
            f"(select {self._names}, {self._key_hash} as {KEY_HASH} from {source.landed} where reason is null)"
        )
        self._lost = _stands(self.counting.name, counts=False)
        self._won = _stands(self.aside.name, counts=True)
        self._arriving = f"not {self._held} and not {_stands('fresh', counts=False)}"

    def reshape(self) -> None:
        """Give rows that were written before the source had all its columns those that they lack, NULL."""
        for area in self.areas:
            self.lake.reshape(area, self._stored_hash(area))

    def resolve(self, touched: WorkTable | None) -> int:
        """Bring both areas up to date and return the number of rows written.

        touched: where the (tenant, hour) of every row that began or ceased to count is added; None: nowhere
        """
        if not self._has_work():
            return 0
        self._find_touched_keys()
        self._find_stored_versions()
        self._rank()
        left = self._leaving_dates(self.counting, f"{self._gone} or {self._held}", counts=False)
        left_aside = self._leaving_dates(self.aside, self._gone, counts=True)
        if touched:
            self._record_changes(touched, left, left_aside)
        return self._write(left, left_aside)

    def _has_work(self) -> bool:
        query = (
            f"select exists(from {self.source.landed} where reason is null) "
            f"or exists(from {self.files.gone} where source = '{self.source.name}') or {self.held.has_changed}"
        )
        return bool(self.con.execute(query).fetchone()[0])  # type: ignore[index]

    def _stored_hash(self, area: Area) -> str:
        return self._key_hash if self.lake.has_foreign_hashes(area) else KEY_HASH

    def _find_touched_keys(self) -> None:
        """Hashes of the keys that gain a version, lose the one that counts, or may get one back."""
        self.con.execute(
            f"create or replace temp table touched_keys as select {KEY_HASH} from {self._fresh} where not {self._held}"
        )
        for area, moving in (
            (self.counting, f"{self._gone} or {self._held}"),
            (self.aside, f"not {self._gone} and {self._freed}"),
        ):
            self.con.execute(
                f"insert into touched_keys select {self._stored_hash(area)} "
                f"from {self.lake.relation(area)} where {moving}"
            )

    def _find_stored_versions(self) -> None:
        """Fill `stored` with the versions of touched keys that the lake holds.

        The dates they lie in are found by the hashes alone, so that a long history costs one narrow column.
        """
        self.con.execute(
            "create or replace temp table stored (place varchar, tenant_id varchar, key varchar, "
            "id varchar, apart varchar, form boolean, moment timestamp, revision bigint, "
            "is_preferred boolean, file_id integer, line_no bigint, event_date date, key_hash ubigint)"
        )
        for area in self.areas:
            touched = f"{self._stored_hash(area)} in (select {KEY_HASH} from touched_keys)"
            matching = f"{touched} and not {self._gone} and not {self._held}"
            dates = self._distinct_dates(f"{self.lake.relation(area)} where {matching}")
            self.con.execute(
                f"insert into stored select '{area.name}', {self._contender}, {EVENT_DATE}, {self._key_hash} "
                f"from {self.lake.relation(area, dates)} where {matching}"
            )

    def _rank(self) -> None:
        """Fill `standing`: every version that has a rival or was stored, and whether it counts.

        Equal hashes are only a cheap sieve that spares most fresh rows the sorting; the ranking compares whole keys.
        """
        self.con.execute(
            f"create or replace temp table contested as select {KEY_HASH} from "
            f"(select {KEY_HASH} from {self._fresh} where not {self._held} union all select {KEY_HASH} from stored) "
            "group by all having count(*) > 1"
        )
        self.con.execute(f"""
            create or replace temp table standing as
            with contenders as (
                select * from stored
                union all
                select 'fresh', {self._contender}, cast(null as date), {KEY_HASH}
                from {self._fresh}
                where {KEY_HASH} in (select {KEY_HASH} from contested) and not {self._held}),
            told_apart as ({self._told_apart()})
            select place, told_apart.file_id, line_no, {EVENT_DATE}, row_number() over (
                partition by tenant_id, key, event
                order by revision desc, is_preferred desc, landing_date, path, line_no) = 1 as counts
            from told_apart join {self.files.after} as files on files.file_id = told_apart.file_id""")

    def _told_apart(self) -> str:
        """The contenders, each with the event of its key that it tells of. Looks at whole keys only."""
        if not self.source.told_apart:
            return "select *, id as event from contenders"
        # Rounded to the millisecond first, as databases do with times that they cut.
        second = f"date_trunc('second', moment + interval '{HALF_A_MILLISECOND}')"
        return f"""
            select *, coalesce(apart, min(paired) over (partition by tenant_id, key, id)) as event
            from (select *, coalesce(min(apart) over beside, min(id) over beside) as paired
                  from (select *, {second} as second, dense_rank() over (
                            partition by tenant_id, key, {second}, form, apart is null order by coalesce(apart, id)
                        ) as turn
                        from contenders)
                  window beside as (partition by tenant_id, key, second, turn))"""

    def _leaving_dates(self, area: Area, going: str, *, counts: bool) -> set[date]:
        """Partitions of the area that lose rows: replaced or held-back ones, and those that were ranked out of it."""
        ranked = f"standing where place = '{area.name}' and counts = {counts}"
        return self._distinct_dates(f"{self.lake.relation(area)} where {going}") | self._distinct_dates(ranked)

    def _record_changes(self, touched: WorkTable, left: set[date], left_aside: set[date]) -> None:
        hour = f"tenant_id, date_trunc('hour', {self.source.at_column})"
        self.con.execute(
            f"insert into {touched} select {hour} from {self._fresh} where {self._arriving} "
            f"union select {hour} from {self.lake.relation(self.counting, left)} "
            f"where {self._gone} or {self._held} or {self._lost} "
            f"union select {hour} from {self.lake.relation(self.aside, left_aside)} where {self._won}"
        )

    def _write(self, left: set[date], left_aside: set[date]) -> int:
        counting = self.lake.relation(self.counting, left)
        aside = self.lake.relation(self.aside, left_aside)
        enters = [f"{self._fresh} where {self._arriving}", f"{aside} where not {self._gone} and {self._won}"]
        steps_aside = [
            f"{self._fresh} where not ({self._arriving})",
            f"{counting} where not {self._gone} and ({self._held} or {self._lost})",
        ]
        # Each area's new rows come partly from the other as it was: both queries are fixed before either is written.
        writes = [
            self._plan(self.counting, left, f"not ({self._gone} or {self._held} or {self._lost})", enters),
            self._plan(self.aside, left_aside, f"not ({self._gone} or {self._won})", steps_aside),
        ]
        return sum(self.lake.write(area, query, dates) for area, query, dates in writes if query)

    def _plan(self, area: Area, left: set[date], staying: str, entering: list[str]) -> tuple[Area, str, set[date]]:
        """The query for what to write, and the partitions for which it replaces all there is. Empty query: nothing."""
        entered = set().union(*(self._distinct_dates(rows, area.partition) for rows in entering))
        if not entered and not left:
            return area, "", set()
        rewritten = left | self.lake.crowded_dates(area, entered)
        kept = (
            f"select {self._names}, {EVENT_DATE}, {self._stored_hash(area)} as {KEY_HASH} "
            f"from {self.lake.relation(area, rewritten)} where {staying}"
        )
        new = [f"select {self._names}, {area.partition}, {self._key_hash} from {rows}" for rows in entering]
        return area, " union all ".join([kept, *new]), rewritten

    def _distinct_dates(self, rows: str, partition: str = EVENT_DATE) -> set[date]:
        return {row[0] for row in self.con.execute(f"select distinct {partition} from {rows}").fetchall()}
