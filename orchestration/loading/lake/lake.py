"""The Parquet lake: immutable files, the manifest that says which of them count, and the views over those."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

import duckdb

from orchestration.loading.lake.lake_files import PART_TYPES, Looked, Part, look_at, with_content
from orchestration.loading.staging import stage_rows
from orchestration.warehouse import is_same_place

KEY_HASH = "key_hash"
EVENT_DATE = "event_date"
# A partition that only gains rows gets one more file; at this many files it is written again as one.
MAX_PARTS = 8
PARTITION = re.compile(r"event_date=(\d{4,}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Area:
    """One table of Parquet files, in partitions by the UTC date of `at`, or by the first date of its month.

    columns: name → DuckDB type, without event_date (the partition) and the hash of the key
    """

    name: str
    columns: dict[str, str]
    at: str
    is_monthly: bool = False

    @property
    def partition(self) -> str:
        """SQL for the partition that a row belongs to."""
        return f"cast(date_trunc('month', {self.at}) as date)" if self.is_monthly else f"cast({self.at} as date)"


class Lake:
    """The lake beside one warehouse, as of the last committed load plus what this load has written so far.

    Nothing written here counts before `publish` runs in a transaction that commits; `sweep` removes what never did.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, root: Path, load_id: int, *, forget: bool = False) -> None:
        self.con = con
        self.root = root
        self.load_id = load_id
        self._committed = {part.path: part for part in committed_parts(con)}
        self._current: dict[str, Part] = {} if forget else dict(self._committed)
        # DuckDB promises no stable hash between its versions, so each file says which hash it was written with.
        probe = con.execute("select hash('tally', 'book') % 1000000007").fetchone()
        self._hash_version: int = probe[0]  # type: ignore[index]

    def look(self) -> Looked:
        """Compare the files that count with what is noted of them."""
        return look_at(self._current.values(), self.root)

    def drop(self, paths: Collection[str]) -> None:
        """Count these files no longer."""
        for path in paths:
            del self._current[path]

    def parts(self, area: Area, dates: Collection[date] | None = None) -> list[Part]:
        """The files of an area that count, of all dates or of some."""
        return [
            part
            for part in self._current.values()
            if part.area == area.name and (dates is None or part.event_date in dates)
        ]

    def relation(self, area: Area, dates: Collection[date] | None = None, *, for_view: bool = False) -> str:
        """SQL for the rows of an area: its columns, event_date and (but for views) key_hash."""
        parts = sorted(self.parts(area, dates), key=lambda part: part.path)
        extra = {} if for_view else {KEY_HASH: "ubigint"}
        names = [*area.columns, EVENT_DATE, *extra]
        if not parts:
            types = {**area.columns, EVENT_DATE: "date", **extra}
            return f"(select {_nulls(types)} where false)"
        files = ", ".join(f"'{self._absolute(part)}'" for part in parts)
        # Some names are DuckDB's own words, hence the quotes.
        return (
            f"(select {', '.join(quoted(name) for name in names)} from read_parquet([{files}], "
            f"hive_partitioning = true, hive_types = {{'{EVENT_DATE}': date}}))"
        )

    def has_foreign_hashes(self, area: Area) -> bool:
        """Whether some files of the area were written by a DuckDB that hashes in another way."""
        return any(part.hash_version != self._hash_version for part in self.parts(area))

    def crowded_dates(self, area: Area, dates: Collection[date]) -> set[date]:
        """Those of the dates whose next file would be one too many."""
        counts: dict[date, int] = {}
        for part in self.parts(area, dates):
            counts[part.event_date] = counts.get(part.event_date, 0) + 1
        return {day for day, count in counts.items() if count >= MAX_PARTS}

    def reshape(self, area: Area, key_hash: str) -> None:
        """Write the area again where some of its files lack columns that it has now: NULL in their rows.

        key_hash: SQL for the hash of the key, over the area's columns and key_hash
        """
        parts = self.parts(area)
        if not parts:
            return
        files = ", ".join(f"'{self._absolute(part)}'" for part in parts)
        rows = (
            f"read_parquet([{files}], union_by_name = true, hive_partitioning = true, "
            f"hive_types = {{'{EVENT_DATE}': date}})"
        )
        shapes = self.con.execute(
            f"select count(*) from parquet_schema([{files}]) where name in "
            f"({', '.join(repr(name) for name in area.columns)})"
        ).fetchone()
        if shapes[0] == len(parts) * len(area.columns):  # type: ignore[index]
            return
        have = {row[0] for row in self.con.execute(f"describe select * from {rows}").fetchall()}
        lacking = {name: sql_type for name, sql_type in area.columns.items() if name not in have}
        nothing = [f"cast(null as {sql_type}) as {quoted(name)}" for name, sql_type in lacking.items()]
        names, filled = ", ".join(quoted(name) for name in area.columns), ", ".join(["*", *nothing])
        query = f"select {names}, {EVENT_DATE}, {key_hash} as {KEY_HASH} from (select {filled} from {rows})"
        self.write(area, query, {part.event_date for part in parts}, name="shape")

    def write(self, area: Area, rows: str, rewritten: Collection[date], *, name: str = "load") -> int:
        """Write the rows of the query `rows` (the area's columns, key_hash, event_date) and return how many.

        They replace everything the area holds of the dates `rewritten` and are added to what it holds of others.
        name: begins the names of the files; a load may write to an area once under each
        """
        folder = self.root / area.name
        folder.mkdir(parents=True, exist_ok=True)
        # The date stands in the files too: DuckDB 1.5 cannot answer min(event_date) of a single file from its path.
        # Version 2 leaves little to compress. Row groups larger than these wait for the end, and for one thread.
        written = self.con.execute(
            f"copy ({rows}) to '{sql_quoted(str(folder))}' (format parquet, parquet_version v2, compression lz4_raw, "
            f"row_group_size 20480, partition_by ({EVENT_DATE}), write_partition_columns true, return_stats true, "
            f"filename_pattern '{name}-{self.load_id:08d}-{{i}}', overwrite_or_ignore true)"
        ).fetchall()
        for part in self.parts(area, rewritten):
            del self._current[part.path]
        total = 0
        for filename, count, *_ in written:
            path = os.path.relpath(filename, self.root)
            day = date.fromisoformat(PARTITION.search(path)[1])  # type: ignore[index]
            part = Part(area.name, day, path, count, self.load_id, self._hash_version)
            self._current[path] = with_content(part, self.root)
            total += count
        return total

    def publish(self, viewed: Iterable[Area]) -> None:
        """Within the caller's transaction: make the new state the manifest, and give each of the areas its view."""
        stage_rows(self.con, "gone_parts", {"path": "varchar"}, [(path,) for path in self.leaving()])
        self.con.execute("delete from lake.parts where path in (select path from gone_parts)")
        new = [part for path, part in sorted(self._current.items()) if path not in self._committed]
        self._insert(new)
        self.publish_views(viewed)

    def publish_views(self, viewed: Iterable[Area]) -> None:
        """Give each of the areas the view of its name in schema lake."""
        for area in viewed:
            self.con.execute(
                f"create or replace view lake.{area.name} as select * from {self.relation(area, for_view=True)}"
            )
        self.con.execute("create or replace table lake.place as select $1 as root", [str(self.root)])

    def follow_move(self) -> None:
        """Let the views that there are read this lake: the warehouse was moved or copied with what lies beside it.

        Where files of this lake are missing, a view of theirs reads no other ones, and says so.
        """
        columns = self.con.execute(
            "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'lake' "
            "and table_name in (select view_name from duckdb_views() where schema_name = 'lake' and not internal) "
            "order by table_name, column_index"
        ).fetchall()
        areas = {name: Area(name, {}, "") for name, _, _ in columns}
        for name, column, data_type in columns:
            if column != EVENT_DATE:
                areas[name].columns[column] = data_type
        lost = {part.area for part in self._current.values() if not (self.root / part.path).exists()}
        message = sql_quoted(f"files of the lake {self.root} are missing: tallybook load mends it")
        self.con.begin()
        self.publish_views(area for area in areas.values() if area.name not in lost)
        for name in lost & areas.keys():
            types = {**areas[name].columns, EVENT_DATE: "date"}
            self.con.execute(
                f"create or replace view lake.{name} as select {_nulls(types)} from range(1) "
                f"where error('{message}') is null"
            )
        if lost:
            self.con.execute("delete from lake.place")  # to be looked at once more
        self.con.commit()

    def note(self, settled: Iterable[Part]) -> None:
        """Within the caller's transaction: replace what is noted of files whose bytes were found to be right."""
        changed = [part for part in settled if part.path in self._committed and part.path in self._current]
        stage_rows(self.con, "settled_parts", {"path": "varchar"}, [(part.path,) for part in changed])
        self.con.execute("delete from lake.parts where path in (select path from settled_parts)")
        self._insert(changed)

    def _insert(self, parts: Collection[Part]) -> None:
        stage_rows(self.con, "new_parts", PART_TYPES, [astuple(part) for part in parts])
        self.con.execute("insert into lake.parts by name from new_parts")

    def has_moved(self) -> bool:
        """Whether the views look for the lake elsewhere, because the warehouse was moved with what lies beside it."""
        row = self.con.execute("select root from lake.place").fetchone()
        return row is None or not is_same_place(row[0], self.root)

    def leaving(self) -> set[str]:
        """Paths of committed files that no longer count."""
        return set(self._committed) - set(self._current)

    def sweep(self, keep: Collection[str] | None = None) -> None:
        """Remove every Parquet file of the lake but those in `keep` (default: the committed ones)."""
        kept = self._committed if keep is None else keep
        root = str(self.root)
        for folder, _, names in os.walk(root):
            stray = [
                name
                for name in names
                if name.endswith(".parquet") and f"{folder}/{name}".removeprefix(f"{root}/") not in kept
            ]
            for name in stray:
                Path(folder, name).unlink()
            if stray and len(stray) == len(names):
                Path(folder).rmdir()

    def sweep_leaving(self) -> None:
        """After the commit: remove what this load replaced."""
        self.sweep(set(self._current))

    def _absolute(self, part: Part) -> str:
        return glob_quoted(sql_quoted(str(self.root / part.path)))


def committed_parts(con: duckdb.DuckDBPyConnection) -> list[Part]:
    """Every file that counts, as of the last committed load."""
    names = ", ".join(field.name for field in fields(Part))
    return [Part(*row) for row in con.execute(f"select {names} from lake.parts order by path").fetchall()]


def _nulls(types: dict[str, str]) -> str:
    return ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in types.items())


def sql_quoted(text: str) -> str:
    """The inside of an SQL string literal."""
    return text.replace("'", "''")


def glob_quoted(path: str) -> str:
    """A path that DuckDB takes for this one file even if it has wildcards in it."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
