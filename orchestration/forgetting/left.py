"""What still names a person and is not Tallybook's to change: for somebody to delete by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.forgetting.record import Person
from orchestration.forgetting.refused_texts import taken_out
from orchestration.loading.directory.tables import DIRECTORY_TABLES
from orchestration.loading.sources import SOURCES


def lines_in_raw(con: duckdb.DuckDBPyConnection, person: Person) -> Mapping[str, int]:
    """How many lines of each landed file name the person, by its path below the landing zone.

    Known by the pseudonym, which stands in what those lines gave: so it can be asked for at any time.
    """
    there = {row[0] for row in con.execute(
        "select table_name from information_schema.tables where table_schema = 'lake'").fetchall()}  # fmt: skip
    tables = [name for source in SOURCES for name in (source.table, source.table_aside) if name in there]
    condition = "contains(cast(rows as varchar), $1) and tenant_id = $2"
    parts = [f"select file_id from lake.{name} as rows where {condition}" for name in tables]
    found: dict[str, int] = {}
    if parts:
        query = f"select path, count(*) from ({' union all '.join(parts)}) join lake.files using (file_id) group by 1"
        found |= dict(con.execute(query, [person.pseudonym, person.tenant_id]).fetchall())
    quarantined = "select file, count(*) from audit.quarantine where raw_text = $1 group by 1"
    for path, lines in con.execute(quarantined, [taken_out(person.pseudonym)]).fetchall():
        found[path] = found.get(path, 0) + lines
    for table in DIRECTORY_TABLES:
        columns = {column.name for column in table.columns}
        if table.table.split(".")[1] not in there or "tenant_id" not in columns:
            continue
        row = con.execute(
            f"select count(*) from {table.table} as rows where contains(cast(rows as varchar), $1) and tenant_id = $2",
            [person.pseudonym, person.tenant_id],
        ).fetchone()
        if row and row[0]:
            found[table.path] = row[0]
    return dict(sorted(found.items()))


def unknown_lines(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Files with refused lines of which no text is kept: whether those name anybody nobody can tell."""
    rows = con.execute(
        "select file, count(*) from audit.quarantine where raw_text is null group by 1 order by 1"
    ).fetchall()
    return [f"{file} may name the person: nothing is kept of {lines:,} refused lines" for file, lines in rows]


def other_sites(con: duckdb.DuckDBPyConnection, site: Path) -> list[str]:
    """Folders of other sites that were made of this warehouse."""
    there = "select 1 from duckdb_tables() where schema_name = 'building' and table_name = 'site_state'"
    if not con.execute(there).fetchone():
        return []
    rows = con.execute("select site from building.site_state where site <> $1 order by 1", [str(site)]).fetchall()
    return [path for (path,) in rows if Path(path).exists()]


def damaged_files(warehouse: Path) -> list[str]:
    """Files of the warehouse that were set aside because they could not be read."""
    return sorted(str(path) for path in warehouse.parent.glob(f"{warehouse.name}.damaged*"))
