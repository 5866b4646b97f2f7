"""Lake → staging → facts → marts: decides what dbt has to recompute, runs it, and remembers what it built."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from orchestration.building.dbt_runner import DbtError, NodeResult, project_fingerprint, run_dbt
from orchestration.building.lake_state import require_current_lake, require_whole_lake
from orchestration.building.state import BuildState, Given, begin_build, read_state, record_build
from orchestration.closing.journal import JOURNAL
from orchestration.closing.upgrading import keep_invoices_by_period
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.pseudonyms import AS_IT_WAS, USERS, PseudonymError, Pseudonyms, refresh
from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock

# Before what is chosen otherwise, at the end of a build's fingerprint; last the tags, which may say anything.
_CHOSEN = " exchange_rate_of="
_TAGS = " virtual_tags="
NO_TAGS = "[]"
_FAILED = ("error", "fail", "runtime error")


class BuildFailedError(DbtError):
    """A model or test failed; `nodes` are the results of all that ran."""

    def __init__(self, nodes: list[NodeResult]) -> None:
        failed = [node for node in nodes if node.status in _FAILED]
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        super().__init__(f"dbt {failed[0].kind} {failed[0].name}: {failed[0].message}{others}")
        self.nodes = nodes


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
    exchange_rate_of: str | None = None,
    virtual_tags: str | None = None,
    on_node: Callable[[NodeResult], None] = lambda node: None,
) -> BuildSummary:
    """Bring the marts up to the lake, recomputing only the (tenant, date) parts that changed.

    to: the last local date the marts may show; None: as far as the loaded data reach.
    exchange_rate_of: which rate tells revenue in US dollars, `purchase` or `month`; None: as the last build took it
    virtual_tags: the virtual tags as JSON, NO_TAGS for none; None: as the last build took them
    Nothing is run where neither the lake, nor `to`, nor the dbt project changed since the last build.
    Other pseudonyms than those of the last build mean that everything is computed again; raises PseudonymError where
    they cannot be had. Raises BuildFailedError naming the first failed model or test; nothing is then marked as built,
    so that the next build takes the same changes up again.
    """
    started = time.perf_counter()
    with writer_lock(warehouse):
        with opened(warehouse) as con:
            ensure_catalog(con)
            con.execute(JOURNAL)
            keep_invoices_by_period(con)
        state, given = read_state(warehouse)
        wanted = _wanted(state, given, to, pseudonyms, exchange_rate_of, virtual_tags)
        if wanted == state and not given.begun and not full_refresh:
            return BuildSummary(state.build_id, is_built=False, is_full_refresh=False)
        is_full = full_refresh or given.needs_full or _needs_full(state, wanted, given.begun)
        require_whole_lake(warehouse)
        require_current_lake(warehouse)
        _prepare(warehouse, state, wanted, given, pseudonyms)
        command = ["build", "--exclude-resource-type", "unit_test", *(["--full-refresh"] if is_full else [])]
        variables = _wanted_variables(state, wanted)
        nodes = run_dbt(command, warehouse=warehouse, target=target, variables=variables, on_node=on_node)
        if any(node.status in _FAILED for node in nodes):
            raise BuildFailedError(nodes)
        # A month that was closed or reopened says so on every report of it.
        first_dates = record_build(warehouse, wanted, is_full or wanted.closed_to != state.closed_to)
    return BuildSummary(
        wanted.build_id + 1,
        is_built=True,
        is_full_refresh=is_full,
        nodes=tuple(nodes),
        seconds=round(time.perf_counter() - started, 3),
        first_dates=None if is_full else first_dates,
    )


def build_facts(warehouse: Path, target: Path) -> None:
    """Bring the facts alone up to the lake, of a copy that is thrown away: it counts as unbuilt still.

    Raises BuildFailedError naming the first failed model.
    """
    with writer_lock(warehouse):
        variables = _variables(read_state(warehouse)[0])
        command = ["run", "--select", "+fct_usage_daily"]
        nodes = run_dbt(command, warehouse=warehouse, target=target, variables=variables)
    if any(node.status in _FAILED for node in nodes):
        raise BuildFailedError(nodes)


def _prepare(
    warehouse: Path, state: BuildState, wanted: BuildState, given: Given, pseudonyms: Pseudonyms
) -> None:  # fmt: skip
    """Note that a build begins, and give people their pseudonyms. Raises PseudonymError, and nothing is done."""
    # A build that did not end may have given them by another key already.
    is_other = any(wanted.pseudonyms != earlier.pseudonyms for earlier in (state, *given.begun))
    if wanted.pseudonyms and pseudonyms.secret is None:
        raise PseudonymError("this warehouse has pseudonyms for people: set TALLYBOOK_PSEUDONYM_SECRET to their key")
    if wanted.pseudonyms != state.pseudonyms and pseudonyms.who is None:
        raise PseudonymError(
            "this warehouse has pseudonyms by another key: set TALLYBOOK_PSEUDONYM_SECRET to that one, or give "
            f"everybody another pseudonym with --pseudonymize {USERS}"
        )
    if wanted.pseudonyms != state.pseudonyms and state.build_id and wanted.closed_to:
        raise PseudonymError("closed months stand as they are, names included: reopen them before names are changed")
    begin_build(warehouse, wanted)
    if wanted.pseudonyms or is_other:
        with opened(warehouse) as con:
            refresh(con, pseudonyms.secret if wanted.pseudonyms else None, again=is_other)


def built_variables(warehouse: Path) -> dict[str, object]:
    """The dbt variables under which the marts stand as they do, for commands that only look."""
    return _variables(last_build(warehouse))


def built_to(warehouse: Path) -> date | None:
    """The `to` of the last build."""
    state = last_build(warehouse)
    return date.fromisoformat(state.built_to) if state.built_to else None


def pseudonyms_of_builds(warehouse: Path) -> dict[int, str]:
    """The mark of the key that people were given pseudonyms by, of each build; '' where they were given none."""
    read_state(warehouse)  # a warehouse from before there were pseudonyms gets what it lacks
    with opened(warehouse, read_only=True) as con:
        return dict(con.execute("select build_id, pseudonyms from building.build_state").fetchall())


def _variables(state: BuildState) -> dict[str, object]:
    return {
        "to": state.built_to,
        "built_load_id": state.load_id,
        "built_to": state.built_to,
        "built_clock": state.clock,
        "closed_to": state.closed_to,
        "pseudonymize": bool(state.pseudonyms),
        **_model_settings(state.fingerprint),
    }


def _wanted_variables(state: BuildState, wanted: BuildState) -> dict[str, object]:
    """Those of the last build, but for what is wanted otherwise now."""
    changed = {"to": wanted.built_to, "closed_to": wanted.closed_to, "pseudonymize": bool(wanted.pseudonyms)}
    return {**_variables(state), **changed, **_model_settings(wanted.fingerprint)}


def _model_settings(fingerprint: str) -> dict[str, object]:
    """The dbt variables that are a matter of choice: they make other rows, and so a fingerprint ends with them."""
    others, _, tags = fingerprint.partition(_TAGS)
    rate = others.partition(_CHOSEN)[2] or "purchase"
    return {"exchange_rate_of_credits": rate, "virtual_tags": json.loads(tags or NO_TAGS)}


def is_built(warehouse: Path, *, to: date | None, pseudonyms: Pseudonyms = AS_IT_WAS) -> bool:
    """Whether the marts already show the whole lake up to `to`."""
    state, given = read_state(warehouse)
    return state.build_id > 0 and not given.begun and state == _wanted(state, given, to, pseudonyms)


def last_build(warehouse: Path) -> BuildState:
    """What the marts stand on."""
    return read_state(warehouse)[0]


def _wanted(
    state: BuildState,
    given: Given,
    to: date | None,
    pseudonyms: Pseudonyms,
    exchange_rate_of: str | None = None,
    virtual_tags: str | None = None,
) -> BuildState:
    chosen = exchange_rate_of or _model_settings(state.fingerprint)["exchange_rate_of_credits"]
    tags = state.fingerprint.partition(_TAGS)[2] or NO_TAGS if virtual_tags is None else virtual_tags
    return BuildState(
        state.build_id,
        given.load_id,
        to.isoformat() if to else "",
        given.clock,
        project_fingerprint()
        + (f"{_CHOSEN}{chosen}" if chosen != "purchase" else "")
        + (f"{_TAGS}{tags}" if tags != NO_TAGS else ""),
        given.closed_to,
        pseudonyms.wanted(state.pseudonyms),
    )


def _needs_full(state: BuildState, wanted: BuildState, begun: Sequence[BuildState]) -> bool:
    """Whether the tables are of no use: there are none, other SQL made them, people have other names in them, or they
    lack what reopened months got; or a build that did not end wanted something else of some of them.
    """
    is_other = (wanted.fingerprint, wanted.pseudonyms) != (state.fingerprint, state.pseudonyms)
    is_reopened = wanted.closed_to < state.closed_to
    return state.build_id == 0 or is_other or is_reopened or any(_aim(earlier) != _aim(wanted) for earlier in begun)


def _aim(state: BuildState) -> tuple[str, ...]:
    return state.built_to, state.fingerprint, state.closed_to, state.pseudonyms
