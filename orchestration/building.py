"""Lake → staging → facts → marts: decides what dbt has to recompute, runs it, and remembers what it built."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from orchestration.closing_journal import JOURNAL, closed_to
from orchestration.dbt_runner import DbtError, NodeResult, project_fingerprint, run_dbt
from orchestration.loading.catalog import ensure_catalog
from orchestration.pseudonyms import AS_IT_WAS, USERS, PseudonymError, Pseudonyms, refresh
from orchestration.writer_lock import writer_lock

# Tests of what is made for an export only: they run before one, and with `tallybook check`.
AT_EXPORT = "tag:at_export"
_FAILED = ("error", "fail", "runtime error")
_STATE = """
    create schema if not exists intermediate;
    create table if not exists intermediate.build_state (
        build_id integer primary key, load_id bigint, built_to varchar, clock varchar, fingerprint varchar,
        is_full_refresh boolean);
    alter table intermediate.build_state add column if not exists closed_to varchar default '';
    alter table intermediate.build_state add column if not exists pseudonyms varchar default '';
    create table if not exists intermediate.build_changes (
        build_id integer, tenant_id varchar, first_date date, primary key (build_id, tenant_id));
"""


class BuildFailedError(DbtError):
    """A model or test failed; `nodes` are the results of all that ran."""

    def __init__(self, nodes: list[NodeResult]) -> None:
        failed = [node for node in nodes if node.status in _FAILED]
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        super().__init__(f"dbt {failed[0].kind} {failed[0].name}: {failed[0].message}{others}")
        self.nodes = nodes


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
class BuildSummary:
    """What a build did. `first_dates`: earliest recomputed local date per tenant; None after a full refresh."""

    build_id: int
    is_built: bool
    is_full_refresh: bool
    nodes: tuple[NodeResult, ...] = ()
    seconds: float = 0.0
    first_dates: Mapping[str, date] | None = field(default_factory=dict)

    @property
    def models(self) -> int:
        return sum(node.kind == "model" for node in self.nodes)

    @property
    def tests(self) -> int:
        return sum(node.kind == "test" for node in self.nodes)


def build(
    warehouse: Path,
    target: Path,
    *,
    to: date | None = None,
    full_refresh: bool = False,
    pseudonyms: Pseudonyms = AS_IT_WAS,
    on_node: Callable[[NodeResult], None] = lambda node: None,
) -> BuildSummary:
    """Bring the marts up to the lake, recomputing only the (tenant, date) parts that changed.

    to: the last local date the marts may show; None: as far as the loaded data reach.
    Nothing is run where neither the lake, nor `to`, nor the dbt project changed since the last build.
    Other pseudonyms than those of the last build mean that everything is computed anew; raises PseudonymError where
    they cannot be had. Raises BuildFailedError naming the first failed model or test; nothing is then marked as built,
    so that the next build takes the same changes up again.
    """
    started = time.perf_counter()
    with writer_lock(warehouse):
        with duckdb.connect(str(warehouse)) as con:
            ensure_catalog(con)
        state, given = _read_state(warehouse)
        wanted = _wanted(state, given, to, pseudonyms)
        if wanted == state and not full_refresh:
            return BuildSummary(state.build_id, is_built=False, is_full_refresh=False)
        is_full = full_refresh or given.needs_full or _needs_full(state, wanted)
        _give_pseudonyms(warehouse, state, wanted, pseudonyms)
        changed = {"to": wanted.built_to, "closed_to": wanted.closed_to, "pseudonymize": bool(wanted.pseudonyms)}
        variables = {**_variables(state), **changed}
        command = ["build", "--exclude-resource-type", "unit_test", "--exclude", AT_EXPORT]
        command += ["--full-refresh"] if is_full else []
        nodes = run_dbt(command, warehouse=warehouse, target=target, variables=variables, on_node=on_node)
        if any(node.status in _FAILED for node in nodes):
            raise BuildFailedError(nodes)
        # A month that was closed or reopened says so on every report of it.
        first_dates = _record(warehouse, wanted, is_full or wanted.closed_to != state.closed_to)
    return BuildSummary(
        wanted.build_id + 1,
        is_built=True,
        is_full_refresh=is_full,
        nodes=tuple(nodes),
        seconds=round(time.perf_counter() - started, 3),
        first_dates=None if is_full else first_dates,
    )


def _give_pseudonyms(warehouse: Path, state: BuildState, wanted: BuildState, pseudonyms: Pseudonyms) -> None:
    is_other = wanted.pseudonyms != state.pseudonyms
    if not wanted.pseudonyms and not is_other:
        return
    if wanted.pseudonyms and pseudonyms.secret is None:
        raise PseudonymError("this warehouse has pseudonyms for people: set TALLYBOOK_PSEUDONYM_SECRET to their key")
    if is_other and pseudonyms.who is None:
        raise PseudonymError(
            "this warehouse has pseudonyms by another key: set TALLYBOOK_PSEUDONYM_SECRET to that one, or give "
            f"everybody another pseudonym with --pseudonymize {USERS}"
        )
    if is_other and state.build_id and wanted.closed_to:
        raise PseudonymError("closed months stand as they are, names included: reopen them before names are changed")
    with duckdb.connect(str(warehouse)) as con:
        refresh(con, pseudonyms.secret if wanted.pseudonyms else None, anew=is_other)


def built_variables(warehouse: Path) -> dict[str, object]:
    """The dbt variables under which the marts stand as they do, for commands that only look."""
    return _variables(last_build(warehouse))


def built_to(warehouse: Path) -> date | None:
    """The `to` of the last build."""
    state = last_build(warehouse)
    return date.fromisoformat(state.built_to) if state.built_to else None


def pseudonyms_of_builds(warehouse: Path) -> dict[int, str]:
    """The mark of the key that people were given pseudonyms by, of each build; '' where they were given none."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(_STATE)  # a warehouse from before there were pseudonyms
        return dict(con.execute("select build_id, pseudonyms from intermediate.build_state").fetchall())


def _variables(state: BuildState) -> dict[str, object]:
    return {
        "to": state.built_to,
        "built_load_id": state.load_id,
        "built_to": state.built_to,
        "built_clock": state.clock,
        "closed_to": state.closed_to,
        "pseudonymize": bool(state.pseudonyms),
    }


def is_built(warehouse: Path, *, to: date | None, pseudonyms: Pseudonyms = AS_IT_WAS) -> bool:
    """Whether the marts already show the whole lake up to `to`."""
    state, given = _read_state(warehouse)
    return state.build_id > 0 and state == _wanted(state, given, to, pseudonyms)


def last_build(warehouse: Path) -> BuildState:
    """What the marts stand on."""
    return _read_state(warehouse)[0]


def _wanted(state: BuildState, given: _Given, to: date | None, pseudonyms: Pseudonyms) -> BuildState:
    return BuildState(
        state.build_id,
        given.load_id,
        to.isoformat() if to else "",
        given.clock,
        project_fingerprint(),
        given.closed_to,
        pseudonyms.wanted(state.pseudonyms),
    )


def _needs_full(state: BuildState, wanted: BuildState) -> bool:
    """Whether the tables are of no use: there are none, other SQL made them, people have other names in them, or they
    lack what reopened months got.
    """
    is_other = (wanted.fingerprint, wanted.pseudonyms) != (state.fingerprint, state.pseudonyms)
    return state.build_id == 0 or is_other or wanted.closed_to < state.closed_to


@dataclass(frozen=True)
class _Given:
    """What a build would stand on now. needs_full: a load since the last build asks for a full refresh."""

    load_id: int
    clock: str
    needs_full: bool
    closed_to: str


def _read_state(warehouse: Path) -> tuple[BuildState, _Given]:
    """The last build, and the lake and the closed months as they are now."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute(_STATE + JOURNAL)
        row = con.execute(
            "select build_id, load_id, built_to, clock, fingerprint, closed_to, pseudonyms "
            "from intermediate.build_state order by build_id desc limit 1"
        ).fetchone()
        state = BuildState(*row) if row else BuildState()
        load_id, clock, needs_full = con.execute(
            "select coalesce(max(load_id), 0), coalesce(max(last_landing_date)::varchar, ''), "
            "coalesce(bool_or(needs_full_refresh) filter (load_id > $1), false) from lake.loads",
            [state.load_id],
        ).fetchone() or (0, "", False)
        closed = closed_to(con)
    # A lake that starts over counts its loads from 1 again: what was built from the old one says nothing.
    return state, _Given(load_id, clock, needs_full or load_id < state.load_id, closed.isoformat() if closed else "")


def _record(warehouse: Path, built: BuildState, is_everything: bool) -> dict[str, date]:
    build_id = built.build_id + 1
    with duckdb.connect(str(warehouse)) as con:
        con.begin()
        con.execute(
            "insert into intermediate.build_state values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                build_id, built.load_id, built.built_to, built.clock, built.fingerprint, is_everything,
                built.closed_to, built.pseudonyms,
            ],
        )
        con.execute(
            "insert into intermediate.build_changes select ?, tenant_id, min(usage_date) "
            "from intermediate.int_parts_to_build where not is_late group by tenant_id",
            [build_id],
        )
        con.commit()
        rows = con.execute(
            "select tenant_id, first_date from intermediate.build_changes where build_id = ?", [build_id]
        ).fetchall()
    return dict(rows)
