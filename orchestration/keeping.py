"""What only the warehouse knows, kept a second time beside it, in `<warehouse>.kept/`, for when the file breaks.

Everything else comes again from the landing zone. Mail and alerts have files of their own there in any case.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.building.state import OLD_SCHEMA, STATE
from orchestration.closing.journal import JOURNAL
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.loading.lake.lake import quoted, sql_quoted
from orchestration.warehouse import DamagedWarehouseError, WarehouseError, connected, explained
from orchestration.writer_lock import writer_lock

_CLOSINGS = "audit.month_closings"
_FILES, _BUILDS, _OLD_BUILDS = "lake.files", "building.build_state", f"{OLD_SCHEMA}.build_state"
# Two files, since the rows of closed months are many and change with a closing alone.
_JOURNALS = {
    "audit.releases": "releases", "audit.restatements": "restated figures", "audit.run_log": "steps of runs",
    "lake.rates_in_force": "rates in force", "lake.prices_in_force": "contract prices in force",
    "audit.repricings": "lines of repricings",
    "lake.list_models": "models looked up", "lake.list_prices": "prices in force", _BUILDS: "", _FILES: "",
    "lake.forgotten": "", "lake.forgetting_key": "", "audit.erasures": "people forgotten",
}  # fmt: skip
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "journals.duckdb": tuple(_JOURNALS),
    "closed_months.duckdb": (_CLOSINGS, "closing."),
}


@dataclass(frozen=True)
class Restored:
    """What a new warehouse got from the copies. files: rows of each file that had been loaded, by its path."""

    message: str = ""
    files: Mapping[str, int] = field(default_factory=dict)


def kept_folder(warehouse: Path) -> Path:
    """Where the copies of a warehouse lie."""
    return warehouse.with_name(f"{warehouse.stem}.kept")


def keep(warehouse: Path) -> None:
    """Bring the copies up to date. Each file is replaced whole, and only where what it holds has changed."""
    folder = kept_folder(warehouse)
    try:
        with writer_lock(warehouse):
            for name, wanted in _GROUPS.items():
                _keep(warehouse, folder / name, wanted)
    except (duckdb.Error, OSError) as error:
        raise explained(error, warehouse) or WarehouseError(f"{folder}: {' '.join(str(error).split())}") from error


def restore(warehouse: Path, con: duckdb.DuckDBPyConnection) -> Restored:
    """Fill a new, empty warehouse with what was kept. Raises WarehouseError where a copy cannot be read."""
    ensure_catalog(con)
    con.execute(STATE + JOURNAL)
    files: dict[str, int] = {}
    for name in _GROUPS:
        copy = kept_folder(warehouse) / name
        if not copy.exists():
            continue
        try:
            con.execute(f"attach '{sql_quoted(str(copy))}' as kept (read_only)")
            _take(con)
            if name == "journals.duckdb":
                files = dict(con.execute("select path, rows_read - quarantined from kept.lake.files").fetchall())
            con.execute("detach kept")
        except duckdb.Error as error:
            raise WarehouseError(
                f"{copy} is damaged, from which what only the warehouse knew was to be taken: put a copy of it back, "
                f"or remove it and go on without ({' '.join(str(error).split())[:160]})"
            ) from error
    # What was built went with the file: of use are the number, the pseudonyms and the clock of the last build.
    con.execute(f"delete from {_BUILDS} where build_id <> (select max(build_id) from {_BUILDS})")
    con.execute(f"update {_BUILDS} set load_id = 0, built_to = '', fingerprint = ''")
    return Restored(_said(con), files)


def set_aside_damaged(warehouse: Path) -> Path | None:
    """Rename a DuckDB file that cannot be read whole, so that a full refresh makes a new one; its new path."""
    if not warehouse.is_file():
        return None
    try:
        with connected(warehouse, read_only=True) as con:
            for table in _tables(con, ""):
                con.execute(f"select bit_xor(hash(t)) from {_named(table)} as t").fetchone()
    except DamagedWarehouseError:
        pass
    except duckdb.Error as error:
        if not isinstance(explained(error, warehouse), DamagedWarehouseError):
            raise
    else:
        return None
    number, aside = 1, warehouse.with_name(f"{warehouse.name}.damaged")
    while aside.exists():
        number += 1
        aside = warehouse.with_name(f"{warehouse.name}.damaged-{number}")
    log = warehouse.with_name(f"{warehouse.name}.wal")
    if log.exists():
        log.rename(f"{aside}.wal")
    warehouse.rename(aside)
    return aside


def _keep(warehouse: Path, copy: Path, wanted: Sequence[str]) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{sql_quoted(str(warehouse))}' as warehouse (read_only)")
        con.execute("use warehouse")
        tables = [table for table in _tables(con, "") if any(table.startswith(prefix) for prefix in wanted)]
        mark = _mark(con, tables)
        if mark == _mark_of(con, copy) or (not copy.exists() and not any(rows for _, rows, _ in mark)):
            return
        copy.parent.mkdir(exist_ok=True)
        new = copy.with_name(f"{copy.name}.new")
        for left in (new, new.with_name(f"{new.name}.wal")):
            left.unlink(missing_ok=True)
        con.execute(f"attach '{sql_quoted(str(new))}' as kept")
        for table in tables:
            con.execute(f"create schema if not exists kept.{table.split('.')[0]}")
            con.execute(f"create table kept.{_named(table)} as from warehouse.{_named(table)}")
        con.execute("create table kept.mark (name varchar, rows bigint, content varchar)")
        if mark:
            con.executemany("insert into kept.mark values (?, ?, ?)", mark)
        con.execute("detach kept")
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(copy)


def _mark(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> list[tuple[str, int, str]]:
    """Each table with its number of rows and a hash of its columns and rows."""
    found = []
    for table in tables:
        columns = con.execute(f"select column_name, column_type from (describe from {_named(table)})").fetchall()
        rows = con.execute(f"select count(*), cast(bit_xor(hash(t)) as varchar) from {_named(table)} as t").fetchone()
        assert rows is not None
        found.append((table, rows[0], f"{rows[1]} {columns}"))
    return found


def _mark_of(con: duckdb.DuckDBPyConnection, copy: Path) -> list[tuple[str, int, str]] | None:
    """The mark of what a copy holds; None of one that is not there, or that is of no use."""
    if not copy.exists():
        return None
    try:
        con.execute(f"attach '{sql_quoted(str(copy))}' as before (read_only)")
        mark = con.execute("select name, rows, content from before.mark order by name").fetchall()
        con.execute("detach before")
    except duckdb.Error:
        return None
    return mark


def _take(con: duckdb.DuckDBPyConnection) -> None:
    there = set(_tables(con, ""))
    for kept in _tables(con, "kept"):
        # A copy of an earlier version.
        table = _BUILDS if kept == _OLD_BUILDS else kept
        if table in there and table != _FILES:
            con.execute(f"insert into {_named(table)} by name from kept.{_named(kept)}")
        elif table not in there and "." in table:
            con.execute(f"create schema if not exists {table.split('.')[0]}")
            con.execute(f"create table {_named(table)} as from kept.{_named(kept)}")


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Tables of a database (of the one in use) as schema.name, in order; without a schema those of `main`."""
    rows = con.execute(
        "select if(schema_name = 'main', '', schema_name || '.') || table_name from duckdb_tables() "
        "where database_name = if($1 = '', current_database(), $1) and not temporary order by 1", [database]
    )  # fmt: skip
    return [name for (name,) in rows.fetchall()]


def _named(table: str) -> str:
    return ".".join(map(quoted, table.split(".", 1)))


def _said(con: duckdb.DuckDBPyConnection) -> str:
    names = {_CLOSINGS: "entries of closed months", **{name: text for name, text in _JOURNALS.items() if text}}
    there = set(_tables(con, ""))
    counts = {
        text: (con.execute(f"select count(*) from {name}").fetchone() or (0,))[0]
        for name, text in names.items() if name in there
    }  # fmt: skip
    return ", ".join(f"{rows:,} {text}" for text, rows in counts.items() if rows)
