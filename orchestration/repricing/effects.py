"""What repricing changes in the facts: found in a copy of the warehouse, which is thrown away, and then done or not."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.building.build import build_facts, built_to, is_built
from orchestration.building.state import UnbuiltError
from orchestration.errors import TallybookError
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.repricing.reprice import CAUSES, Span, Taken, open_span, take
from orchestration.warehouse import lake_root, opened
from orchestration.writer_lock import writer_lock

_FIGURES = """
    select tenant_id, strftime(usage_date, '%Y-%m') as month, model_id, cast(sum(credits) as decimal(38, 6)),
        cast(sum(cost_usd) as decimal(38, 6)), cast(sum(uncosted_requests) as bigint)
    from marts.fct_usage_daily group by all"""
_NOTHING = (Decimal(0), Decimal(0), 0)


class Figures(NamedTuple):
    """Credits and known cost in USD of usage, and requests of unknown cost."""

    credits: Decimal
    cost_usd: Decimal
    uncosted_requests: int


class Effect(NamedTuple):
    """What one cause (`reprice.CAUSES`) changes of a tenant's month (YYYY-MM) and model."""

    tenant_id: str
    month: str
    model_id: str
    cause: str
    before: Figures
    after: Figures


@dataclass(frozen=True)
class Repricing:
    """What repricing would change (is_applied false) or has changed. span: the open dates among those asked for."""

    span: Span
    effects: tuple[Effect, ...]
    taken: Taken
    is_applied: bool


_Facts = Mapping[tuple[str, str, str], Figures]


def preview(warehouse: Path, *, first: date | None = None, last: date | None = None) -> Repricing:
    """What repricing the open dates among first..last would change; nothing is.

    The facts are computed again in a copy of the DuckDB file, beside it: that needs as much room again. Raises
    UnbuiltError where the marts are not built from all that is loaded.
    """
    with writer_lock(warehouse):
        if not is_built(warehouse, to=built_to(warehouse)):
            raise UnbuiltError(f"the marts of {warehouse} lack what was loaded last: run tallybook build first")
        with opened(warehouse) as con:
            ensure_catalog(con)
        with _copied(warehouse) as copy:
            effects, causes = [], []
            before = facts_of(copy)
            for cause in CAUSES:
                with opened(copy) as con:
                    span = open_span(con, first, last)
                    con.begin()
                    taken = take(con, span, [cause])
                    con.commit()
                if taken.causes:
                    causes.append(cause)
                    build_facts(copy, copy.with_suffix(".dbt"))
                    after = facts_of(copy)
                    effects += _differences(before, after, cause)
                    before = after
    done = Taken(taken.list_version, taken.versions, taken.models, taken.changed, tuple(causes))
    return Repricing(span, tuple(effects), done, is_applied=False)


def reprice(warehouse: Path, *, first: date | None = None, last: date | None = None) -> Repricing:
    """Put what is said now in force for the open dates among first..last, and note what it changes.

    The marts show it after the next build. Raises as `preview` does.
    """
    with writer_lock(warehouse):
        found = preview(warehouse, first=first, last=last)
        with opened(warehouse) as con:
            con.begin()
            taken = take(con, found.span)
            if taken.causes:
                _note(con, found, first, last)
            con.commit()
    return Repricing(found.span, found.effects, taken, is_applied=True)


def require_foreseen(warehouse: Path, before: _Facts, done: Repricing) -> None:
    """Raise TallybookError where the facts are not what was foreseen of them. before: those before it was applied."""
    wanted = dict(before)
    for effect in done.effects:
        wanted[effect[:3]] = effect.after
    now = facts_of(warehouse)
    for key in sorted({*wanted, *now}):
        if wanted.get(key, _NOTHING) != now.get(key, _NOTHING):
            raise TallybookError(
                f"repricing changed tenant {key[0]}, {key[1]}, model {key[2]} otherwise than foreseen: {now.get(key)} "
                f"instead of {wanted.get(key)}"
            )


def facts_of(warehouse: Path) -> dict[tuple[str, str, str], Figures]:
    """The figures of each tenant, month and model."""
    with opened(warehouse, read_only=True) as con:
        rows = con.execute(_FIGURES).fetchall()
    return {(tenant, month, model): Figures(*figures) for tenant, month, model, *figures in rows}


@contextmanager
def _copied(warehouse: Path) -> Iterator[Path]:
    """A copy of the DuckDB file, which reads the same lake."""
    with tempfile.TemporaryDirectory(prefix=f".{warehouse.stem}.repricing-", dir=warehouse.parent) as folder:
        copy = Path(folder) / warehouse.name
        shutil.copyfile(warehouse, copy)
        log = warehouse.with_name(f"{warehouse.name}.wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(log.name))
        lake_root(copy).symlink_to(os.path.realpath(lake_root(warehouse)), target_is_directory=True)
        yield copy


def _differences(before: _Facts, after: _Facts, cause: str) -> list[Effect]:
    nothing = Figures(*_NOTHING)
    return [
        Effect(*key, cause, before.get(key, nothing), after.get(key, nothing))
        for key in sorted({*before, *after})
        if before.get(key, nothing) != after.get(key, nothing)
    ]


def _note(con: duckdb.DuckDBPyConnection, found: Repricing, first: date | None, last: date | None) -> None:
    (number,) = con.execute("select coalesce(max(repricing_no), 0) + 1 from audit.repricings").fetchone() or (1,)
    rows = [
        (*effect[:4], *(figure for pair in zip(effect.before, effect.after, strict=True) for figure in pair))
        for effect in found.effects
    ] or [(None,) * 10]
    for row in rows:
        con.execute(
            "insert into audit.repricings select $1, current_timestamp at time zone 'UTC', $2, $3, $4, "
            "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14",
            [number, found.taken.list_version, first, last, *row],
        )
