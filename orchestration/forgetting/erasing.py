"""Names out of the warehouse and its lake: what is computed from them is computed again by the next build.

Figures, and how many rows there are, stay: no row goes but subscriptions, and rows that name a person twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from orchestration.forgetting.arriving import forget_in_directory
from orchestration.forgetting.record import Forgotten, pseudonyms_of_forgotten
from orchestration.forgetting.refused_texts import replace_refused, replace_texts
from orchestration.forgetting.rows import Replacements, replace_in, replacements
from orchestration.loading.directory.tables import DIRECTORY_TABLES
from orchestration.loading.lake.lake import EVENT_DATE, KEY_HASH, Area, Lake, quoted
from orchestration.loading.sources import SOURCES, Source
from orchestration.progress import Progress

# The journal of closed months says in words who closed one, why, and what was accepted.
_JOURNAL_TEXTS = [("audit.month_closings", column) for column in ("by_name", "note", "accepted")]


@dataclass(frozen=True)
class Erased:
    """In how many rows somebody was named: of the lake, of the directory, of closed months, and of refused ones."""

    lake: int = 0
    directory: int = 0
    closed: int = 0
    refused: int = 0

    @property
    def rows(self) -> int:
        """Of all tables but refused ones."""
        return self.lake + self.directory + self.closed


def erase(con: duckdb.DuckDBPyConnection, lake: Lake, forgotten: Forgotten, progress: Progress) -> Erased:
    """Write the lake's files that name anybody again, and replace names in all tables that no build makes.

    `lake` is one of a load of its own. All or nothing is done; what was built counts as outdated where anything was.
    """
    lake.sweep()
    areas = _areas(con)
    rows = 0
    for done, (source, area) in enumerate(areas):
        progress("forget in the lake", done, len(areas))
        rows += _rewritten(con, lake, source, area, forgotten)
    progress("forget in the lake", len(areas), len(areas))
    con.begin()
    try:
        directory = [(table.name, table.table) for table in DIRECTORY_TABLES if _exists(con, table.table)]
        done_there = forget_in_directory(con, directory, forgotten)
        closed = sum(replace_in(con, table, forgotten) for table in _tables_of(con, "closing"))
        refused = replace_refused(con, "audit.quarantine", forgotten)
        # Of a file without a header the names of fields are its first row.
        for table, column in (("audit.schema_drift", "field"), *_JOURNAL_TEXTS):
            replace_texts(con, table, column, forgotten)
        erased = Erased(rows, done_there, closed, refused)
        _forget_pseudonyms(con, forgotten)
        if rows:
            lake.publish(area for _, area in areas)
        if rows or done_there or closed:
            con.execute("insert into lake.loads select $1, max_by(last_landing_date, load_id), true from lake.loads",
                        [lake.load_id])  # fmt: skip
        con.commit()
    except BaseException:
        con.rollback()
        raise
    lake.sweep_leaving()
    return erased


def look(con: duckdb.DuckDBPyConnection, lake: Lake, forgotten: Forgotten, progress: Progress) -> Erased:
    """What `erase` would find; nothing is changed."""
    areas = _areas(con)
    rows = 0
    for done, (_, area) in enumerate(areas, 1):
        found = replacements(con, lake.relation(area), area.columns, forgotten, f"named_{area.name}")
        rows += sum(_named_dates(con, lake, area, found).values()) if found else 0
        progress("look in the lake", done, len(areas))
    con.begin()
    try:
        directory = [(table.name, table.table) for table in DIRECTORY_TABLES if _exists(con, table.table)]
        there = forget_in_directory(con, directory, forgotten)
        closed = sum(replace_in(con, table, forgotten) for table in _tables_of(con, "closing"))
        return Erased(rows, there, closed, replace_refused(con, "audit.quarantine", forgotten))
    finally:
        con.rollback()


def _areas(con: duckdb.DuckDBPyConnection) -> list[tuple[Source, Area]]:
    """The tables of the lake's files that there are, with the columns that they have."""
    found = []
    for source in SOURCES:
        for name, is_monthly in ((source.table, False), (source.table_aside, True)):
            if not _exists(con, f"lake.{name}"):
                continue
            described = con.execute(f"describe lake.{name}").fetchall()
            columns = {row[0]: row[1] for row in described if row[0] != EVENT_DATE}
            found.append((source, Area(name, columns, source.at_column, is_monthly)))
    return found


def _rewritten(
    con: duckdb.DuckDBPyConnection, lake: Lake, source: Source, area: Area, forgotten: Forgotten
) -> int:  # fmt: skip
    """Write the dates of an area again on which anybody is named; in how many rows that was."""
    found = replacements(con, lake.relation(area), area.columns, forgotten, f"named_{area.name}")
    if not found:
        return 0
    dates = _named_dates(con, lake, area, found)
    columns = ", ".join(f"{found.value(name, 'rows')} as {quoted(name)}" for name in area.columns)
    lake.write(
        area,
        f"select *, {source.key_hash} as {KEY_HASH} from ("
        f"select {columns}, {EVENT_DATE} from {lake.relation(area, dates)} as rows)",
        set(dates),
    )
    return sum(dates.values())


def _named_dates(
    con: duckdb.DuckDBPyConnection, lake: Lake, area: Area, found: Replacements
) -> dict[date, int]:  # fmt: skip
    """In how many rows of each date of an area anybody is named."""
    named = f"from {lake.relation(area)} as rows where {found.touches('rows')}"
    return dict(con.execute(f"select {EVENT_DATE}, count(*) {named} group by all").fetchall())


def _forget_pseudonyms(con: duckdb.DuckDBPyConnection, forgotten: Forgotten) -> None:
    """Where everybody has a pseudonym, those who are forgotten keep theirs, and nothing says whose it was."""
    if not _exists(con, "lake.pseudonyms"):
        return
    for tenant, person in con.execute("select tenant_id, person from lake.pseudonyms").fetchall():
        tenants = [tenant] if tenant else sorted(forgotten.tenants)
        if forgotten.person(tenant, person) or (
            not tenant and any(forgotten.is_known(owner, person) for owner in tenants)
        ):
            con.execute("delete from lake.pseudonyms where tenant_id = $1 and person = $2", [tenant, person])
    for tenant, pseudonym in pseudonyms_of_forgotten(con):
        con.execute("insert or ignore into lake.pseudonyms values ($1, $2, $2)", [tenant, pseudonym])


def _exists(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    schema, table = name.split(".")
    query = "select 1 from information_schema.tables where table_schema = $1 and table_name = $2"
    return con.execute(query, [schema, table]).fetchone() is not None


def _tables_of(con: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    query = "select table_name from duckdb_tables() where schema_name = $1 order by 1"
    return [f"{schema}.{quoted(name)}" for (name,) in con.execute(query, [schema]).fetchall()]
