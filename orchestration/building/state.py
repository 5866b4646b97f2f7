"""What the marts stand on, as the schema `building` has it, and whether a build was begun and not finished."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.closing.journal import JOURNAL, closed_to
from orchestration.errors import TallybookError
from orchestration.warehouse import opened

STATE = """
    create schema if not exists building;
    create table if not exists building.build_state (
        build_id integer primary key, load_id bigint, built_to varchar, clock varchar, fingerprint varchar,
        is_full_refresh boolean, closed_to varchar default '', pseudonyms varchar default '');
    create table if not exists building.build_changes (
        build_id integer, tenant_id varchar, first_date date, primary key (build_id, tenant_id));
    -- A row for each build that was begun since the last one that ended well; empty where the marts are whole.
    create table if not exists building.unfinished_builds (
        build_id integer, load_id bigint, built_to varchar, clock varchar, fingerprint varchar, closed_to varchar,
        pseudonyms varchar);
    -- The build that each site shows.
    create table if not exists building.site_state (site varchar primary key, build_id integer);
"""
OLD_SCHEMA = "intermediate"
"""The schema of these tables in warehouses of earlier versions, where they stood among dbt's own."""
_STATE_TABLES = ("build_state", "build_changes", "unfinished_builds", "site_state")
_COLUMNS = "build_id, load_id, built_to, clock, fingerprint, closed_to, pseudonyms"


class UnbuiltError(TallybookError):
    """The marts are not what a build makes of what is loaded; the message says which command makes them so."""


@dataclass(frozen=True)
class BuildState:
    """What the last successful build stood on; '' and 0 before any.

    clock: last landing date then loaded; closed_to: last date of the months then closed, '' where none was; pseudonyms:
    a mark of the key that people were given pseudonyms by, '' where they were given none.
    """

    build_id: int = 0
    load_id: int = 0
    built_to: str = ""
    clock: str = ""
    fingerprint: str = ""
    closed_to: str = ""
    pseudonyms: str = ""


@dataclass(frozen=True)
class Given:
    """What a build would stand on now. needs_full: a load since the last build asks for a full refresh.

    begun: what those builds were to stand on that were begun since the last one that ended well, and did not
    """

    load_id: int
    clock: str
    needs_full: bool
    closed_to: str
    begun: tuple[BuildState, ...] = ()


def has_old_state(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the state of builds stands where earlier versions had it."""
    query = "select 1 from duckdb_tables() where schema_name = $1 and table_name = $2 and not internal"
    return con.execute(query, [OLD_SCHEMA, _STATE_TABLES[0]]).fetchone() is not None


def move_state(con: duckdb.DuckDBPyConnection) -> None:
    """Bring the state of builds to where it stands now, all rows of it or none."""
    con.begin()
    con.execute(STATE)
    there = con.execute("select table_name from duckdb_tables() where schema_name = $1", [OLD_SCHEMA]).fetchall()
    for name in _STATE_TABLES:
        if (name,) in there:
            # By name: a column that came since has its default.
            con.execute(f"insert into building.{name} by name from {OLD_SCHEMA}.{name}")
            con.execute(f"drop table {OLD_SCHEMA}.{name}")
    con.commit()


def read_state(warehouse: Path) -> tuple[BuildState, Given]:
    """The last build, and the lake and the closed months as they are now.

    Opened for writing only where something is missing that this is read from: while another program reads the file
    nobody can write to it, and what has nothing to write shall not wait for that.
    """
    if warehouse.exists():
        try:
            with opened(warehouse, read_only=True) as con:
                return _state(con)
        except (duckdb.CatalogException, duckdb.BinderException):
            pass
    with opened(warehouse) as con:
        con.execute(STATE + JOURNAL)
        return _state(con)


def _state(con: duckdb.DuckDBPyConnection) -> tuple[BuildState, Given]:
    row = con.execute(f"select {_COLUMNS} from building.build_state order by build_id desc limit 1").fetchone()
    state = BuildState(*row) if row else BuildState()
    load_id, clock, needs_full = con.execute(
        "select coalesce(max(load_id), 0), coalesce(max(last_landing_date)::varchar, ''), "
        "coalesce(bool_or(needs_full_refresh) filter (load_id > $1), false) from lake.loads",
        [state.load_id],
    ).fetchone() or (0, "", False)
    closed = closed_to(con)
    begun = con.execute(f"select {_COLUMNS} from building.unfinished_builds").fetchall()
    # A lake that starts over counts its loads from 1 again: what was built from the old one says nothing.
    return state, Given(
        load_id, clock, needs_full or load_id < state.load_id, closed.isoformat() if closed else "",
        tuple(BuildState(*row) for row in begun),
    )  # fmt: skip


def built_until(con: duckdb.DuckDBPyConnection) -> datetime | None:
    """The end (UTC) of the last landing date that was loaded at the last build that ended well; None before any."""
    con.execute(STATE)
    row = con.execute("select clock from building.build_state order by build_id desc limit 1").fetchone()
    if row is None or not row[0]:
        return None
    return datetime.fromisoformat(row[0]) + timedelta(days=1)


def begin_build(warehouse: Path, wanted: BuildState) -> None:
    """Note that from now on the marts may be half new, until `record_build`."""
    with opened(warehouse) as con:
        con.execute("insert into building.unfinished_builds values (?, ?, ?, ?, ?, ?, ?)", astuple(wanted))


def record_build(warehouse: Path, built: BuildState, is_everything: bool) -> dict[str, date]:
    """Note that the marts are whole, and stand on `built`; each tenant's earliest date that changed.

    is_everything: any date of any tenant may have changed
    """
    build_id = built.build_id + 1
    with opened(warehouse) as con:
        con.begin()
        con.execute(
            "insert into building.build_state values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                build_id, built.load_id, built.built_to, built.clock, built.fingerprint, is_everything,
                built.closed_to, built.pseudonyms,
            ],
        )  # fmt: skip
        con.execute(
            "insert into building.build_changes select ?, tenant_id, first_changed_on "
            "from handover.tenants_of_build where first_changed_on is not null",
            [build_id],
        )
        con.execute("delete from building.unfinished_builds")
        con.commit()
        rows = con.execute(
            "select tenant_id, first_date from building.build_changes where build_id = ?", [build_id]
        ).fetchall()
    return dict(rows)


def require_marts(warehouse: Path, *, of_all_loaded: bool = False) -> None:
    """Raise UnbuiltError where a build was begun that did not end well: some marts are new and some are not.

    of_all_loaded: also where nothing was built, or not from all that is loaded. Some marts are views that reach into
    the lake: who reads these beside the others needs all of them to be of one load.
    """
    with opened(warehouse, read_only=True) as con:
        tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        there = {name for (name,) in tables}
        if "building.unfinished_builds" in there and _has_rows(con, "building.unfinished_builds"):
            raise UnbuiltError(
                f"the last build of {warehouse} was broken off or failed, so that its marts are partly new and partly "
                "old: run tallybook build first"
            )
        if not of_all_loaded:
            return
        if "building.build_state" not in there or not _has_rows(con, "building.build_state"):
            raise UnbuiltError(f"{warehouse} was never built: run tallybook build first")
        newest = con.execute(
            "select (select max(load_id) from lake.loads), max_by(load_id, build_id) from building.build_state"
        ).fetchone()
        if newest is None or newest[0] != newest[1]:
            raise UnbuiltError(f"the marts of {warehouse} lack what was loaded last: run tallybook build first")


def _has_rows(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    return con.execute(f"from {table} limit 1").fetchone() is not None
