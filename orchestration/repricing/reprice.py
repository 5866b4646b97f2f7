"""Pricing again: the installed list takes the place of the one in force, for the local dates that were asked for.

A pricing is a load of no files: it stands in the lake's journal, so that the next build recomputes what it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, DatedRows, spliced
from orchestration.loading.directory.in_force import first_open_date
from orchestration.loading.lake.catalog import ensure_catalog
from orchestration.loading.listed_models import (
    ModelKey,
    insert_models,
    insert_prices,
    look_up,
    unpriced_rows,
)
from orchestration.loading.sources import SOURCES
from orchestration.loading.staging import stage_rows
from orchestration.pricing.price_list import ListedModel, ListPrice, installed_version
from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock

# A local date reaches into the UTC dates around it.
_CHANGED_HOURS = """
    insert into lake.changes
    select distinct (select max(load_id) from lake.loads), tenant_id, date_trunc('hour', {at})
    from {rows} as events
    inner join priced_anew on events.priced_provider = priced_anew.provider
        and events.priced_model = priced_anew.model_id
    where event_date between cast($1 as date) - 1 and cast($2 as date) + 1"""


@dataclass(frozen=True)
class Repricing:
    """What a pricing did.

    list_version: of the list that is in force now; versions: of those asked before
    models: how many were looked up; changed: those that have other prices now, somewhere in the dates asked for
    """

    list_version: str
    versions: tuple[str, ...]
    models: int
    changed: tuple[ModelKey, ...]


def reprice(warehouse: Path, *, first: date | None = None, last: date | None = None) -> Repricing:
    """Make the installed list the one in force for events of the local dates first..last, both inclusive.

    Without first from the first open date on, without last for all time to come: closed dates keep their prices.
    Nothing is touched where its prices are those in force already.
    """
    with writer_lock(warehouse), opened(warehouse) as con:
        ensure_catalog(con)
        span = max(first or FIRST_DATE, first_open_date(con)), last or LAST_DATE
        rows = con.execute("select provider, model_id, list_version from lake.list_models order by all").fetchall()
        found = look_up(ModelKey(*row[:2]) for row in rows)
        before = _prices_in_force(con)
        after = {
            model: spliced(before[model], DatedRows(*span, listed.prices if listed else ()))
            if span[0] <= span[1] else before[model]
            for model, listed in found.items()
        }  # fmt: skip
        changed = tuple(model for model in found if after[model] != before[model])
        _publish(con, found, after, changed, span)
    versions = tuple(sorted({row[2] for row in rows}))
    return Repricing(installed_version(), versions, len(rows), changed)


def _prices_in_force(con: duckdb.DuckDBPyConnection) -> dict[ModelKey, list[DatedRows[ListPrice]]]:
    rows = con.execute(
        "select * from lake.list_prices "
        "order by provider, model_id, first_date, valid_from, from_second, from_input_tokens"
    ).fetchall()
    found: dict[ModelKey, list[DatedRows[ListPrice]]] = defaultdict(list)
    for (provider, model_id, first, last), prices in groupby(rows, key=lambda row: row[:4]):
        dates = DatedRows(first, last, tuple(ListPrice(*row[4:]) for row in prices))
        found[ModelKey(provider, model_id)].append(dates)
    return found


def _publish(
    con: duckdb.DuckDBPyConnection,
    found: dict[ModelKey, ListedModel | None],
    prices: dict[ModelKey, list[DatedRows[ListPrice]]],
    changed: Sequence[ModelKey],
    span: tuple[date, date],
) -> None:
    """Make `prices` the list in force and, where models changed, add a load of what that touches to the journal."""
    con.begin()
    con.execute("delete from lake.list_models")
    con.execute("delete from lake.list_prices")
    insert_models(con, found)
    insert_prices(con, prices)
    if changed:
        con.execute(
            "insert into lake.loads select max(load_id) + 1, max_by(last_landing_date, load_id), false from lake.loads"
        )
        stage_rows(con, "priced_anew", {"provider": "varchar", "model_id": "varchar"}, changed)
        for source in SOURCES:
            if source.model:
                con.execute(_CHANGED_HOURS.format(
                    at=source.at_column, rows=unpriced_rows(source, f"lake.{source.table}")
                ), span)  # fmt: skip
    con.commit()
