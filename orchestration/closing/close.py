"""Closing and reopening months: what may be closed, and what the models gave for it, kept for every later build."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.building.build import built_to, is_built, last_build
from orchestration.building.dbt_runner import ensure_manifest
from orchestration.closing.journal import (
    Signature,
    closed_months,
    closed_to,
    enter,
    last_of_month,
    month_name,
    next_month,
)
from orchestration.closing.review import KINDS, Blocker, blockers
from orchestration.errors import TallybookError
from orchestration.loading.directory.waiting import note_waiting, take_present_rows
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock

_FIRST_DATE = "select min(usage_date) from marts.mart_credit_balance_daily"
# A tenant that only the directory names has nothing that could still arrive on time.
_LAST_DATES = """
    select tenant_id, as_of_date from handover.tenants_of_build
    where tenant_id in (select tenant_id from marts.mart_credit_balance_daily) order by as_of_date, tenant_id"""


class ClosingError(TallybookError):
    """A month cannot be closed as things stand."""


class BlockedError(ClosingError):
    """Something of the months has to be mended or accepted first; `blockers` names it all, the message too."""

    def __init__(self, months: Sequence[date], blocking: Sequence[Blocker]) -> None:
        kinds = [kind for kind in KINDS if any(blocker.kind == kind for blocker in blocking)]
        self.blockers = tuple(blocking)
        self.what_to_do = (
            f"{', '.join(map(month_name, months))} cannot be closed: {len(blocking):,} things are in the way; mend "
            f"them, or accept them with {' '.join(f'--accept {kind}' for kind in kinds)}"
        )
        super().__init__(f"{self.what_to_do}: {'; '.join(blocker.text for blocker in blocking)}")


@dataclass(frozen=True)
class Closing:
    """First dates of the months that were closed, none where they were closed before; what was accepted for it."""

    months: tuple[date, ...] = ()
    accepted: tuple[Blocker, ...] = ()


@dataclass(frozen=True)
class KeptModel:
    """A model whose rows of closed months are kept. column: its local dates, or its months (YYYY-MM)."""

    schema: str
    name: str
    column: str

    def closed(self, until: date | None) -> str:
        """SQL for the rows of the months that end with the date `until`; None: of none."""
        if until is None:
            return "false"
        return f"month <= '{month_name(until)}'" if self.column == "month" else f"{self.column} <= date '{until}'"


def close_month(warehouse: Path, month: date, signature: Signature, *, accept: Collection[str] = ()) -> Closing:
    """Close the month that begins on `month`, and all open months before it.

    accept: kinds of blockers (`review.KINDS`) that need not be mended. Nothing is done where it is closed already.
    Raises BlockedError where there are blockers of other kinds, ClosingError where the month is not over for every
    tenant with usage, billing or jobs, where the marts are not built from all that is loaded, where a landing date is
    held back, or where there is nothing to close.
    """
    with writer_lock(warehouse):
        state = last_build(warehouse)
        is_current = is_built(warehouse, to=built_to(warehouse))
        with opened(warehouse) as con:
            before, until = closed_to(con), last_of_month(month)
            if before and until <= before:
                return Closing()
            if not is_current:
                raise ClosingError("the marts are not built from all that is loaded: run tallybook build first")
            _require_whole(con, month)
            months = _open_months(con, before, month)
            found = blockers(con, months)
            if unaccepted := [blocker for blocker in found if blocker.kind not in accept]:
                raise BlockedError(months, unaccepted)
            con.begin()
            enter(
                con, "close", months, signature, build_id=state.build_id, load_id=state.load_id, clock=state.clock,
                accepted=_by_month(found),
            )  # fmt: skip
            con.execute("create schema if not exists closing")
            for model in kept_models():
                _keep(con, model, before, until)
            note_waiting(con)
            con.commit()
    return Closing(months, tuple(found))


def reopen_month(warehouse: Path, month: date, signature: Signature) -> tuple[date, ...]:
    """Reopen the month that begins on `month`, and every closed month after it; the first dates of what was reopened.

    They get the rates and contract prices that the directory has now. Nothing is done, and nothing returned, where it
    is open. `forget_reopened` drops what was kept of it, once a build no longer stands on it.
    """
    with writer_lock(warehouse):
        state = last_build(warehouse)
        with opened(warehouse) as con:
            ensure_catalog(con)
            closed = closed_months(con)
            months = tuple(closed_month for closed_month in closed if closed_month >= month) if month in closed else ()
            con.begin()
            enter(
                con, "reopen", months, signature, build_id=state.build_id, load_id=state.load_id, clock=state.clock
            )  # fmt: skip
            if months:
                take_present_rows(con, months[0], last_of_month(months[-1]))
            con.commit()
    return months


def forget_reopened(warehouse: Path) -> None:
    """Drop what was kept of months that are open now."""
    with writer_lock(warehouse), opened(warehouse) as con:
        until = closed_to(con)
        if until is None:
            con.execute("drop schema if exists closing cascade")
            return
        for model in kept_models():
            if _is_kept(con, model):
                con.execute(f"delete from closing.{model.name} where not {model.closed(until)}")


def kept_models() -> list[KeptModel]:
    """Every model that names a column in `meta.closed_by`."""
    nodes = json.loads(ensure_manifest().read_text(encoding="utf-8"))["nodes"].values()
    columns = ((node, node["config"]["meta"].get("closed_by")) for node in nodes if node["resource_type"] == "model")
    return [KeptModel(node["schema"], node["name"], column) for node, column in columns if column]


def _by_month(accepted: Sequence[Blocker]) -> dict[date, str]:
    """What the journal has of blockers that were accepted, all of it."""
    texts: dict[date, list[str]] = defaultdict(list)
    for blocker in accepted:
        texts[blocker.month].append(f"{blocker.kind}: {blocker.text}")
    return {month: "; ".join(lines) for month, lines in texts.items()}


def _keep(con: duckdb.DuckDBPyConnection, model: KeptModel, before: date | None, until: date) -> None:
    """Keep what a model gives for the months after `before` until `until`, beside what is kept of it already."""
    kept = f"select * from {model.schema}.{model.name} where {model.closed(until)}"
    table = f"closing.{model.name}"
    if before and _is_kept(con, model):
        # By name: a column that came since is unknown in the months closed before it.
        kept_before = f"select * from {table} where {model.closed(before)}"
        kept = f"{kept_before} union all by name {kept} and not {model.closed(before)}"
    con.execute(f"create or replace table {table} as {kept}")


def _is_kept(con: duckdb.DuckDBPyConnection, model: KeptModel) -> bool:
    """Whether anything is kept of a model: not where it came after the last closing."""
    query = "select 1 from duckdb_tables() where schema_name = 'closing' and table_name = $1"
    return con.execute(query, [model.name]).fetchone() is not None


def _require_whole(con: duckdb.DuckDBPyConnection, month: date) -> None:
    """Raise where anything of the month may still arrive on time, or waits outside."""
    held = con.execute("select landing_date from lake.held_dates order by landing_date").fetchone()
    if held:
        raise ClosingError(f"landing date {held[0]} is held back: mend or release it before a month is closed")
    first = con.execute(_LAST_DATES).fetchone()
    if first is None:
        raise ClosingError("there is no usage, billing or job to close")
    tenant, last = first
    if last < last_of_month(month):
        raise ClosingError(f"{month_name(month)} is not over: the marts show tenant {tenant} up to {last}")


def _open_months(con: duckdb.DuckDBPyConnection, before: date | None, month: date) -> tuple[date, ...]:
    row = con.execute(_FIRST_DATE).fetchone()
    first = row[0] if row else month
    day = next_month(before) if before else first.replace(day=1)
    months = []
    while day <= month:
        months.append(day)
        day = next_month(day)
    if not months:
        raise ClosingError(f"{month_name(month)} lies before the first data, of {first}: there is nothing to close")
    return tuple(months)
