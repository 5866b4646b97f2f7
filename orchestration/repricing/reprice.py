"""Repricing: present rates, contract prices and list prices take the place of those in force, for the dates asked for.

Closed dates keep theirs. Each cause is a load of no files: it stands in the lake's journal, so that the next build
recomputes what it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import duckdb

from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, DatedRows, spliced
from orchestration.loading.directory.changes import LONGEST_LOCAL_DAY
from orchestration.loading.directory.in_force import (
    DATED_TABLES,
    differing_since,
    first_open_date,
    publish_in_force,
    read_in_force,
    read_rows,
    taken,
)
from orchestration.loading.directory.waiting import note_waiting
from orchestration.loading.listed_models import ModelKey, insert_models, insert_prices, look_up, unpriced_rows
from orchestration.loading.sources import SOURCES
from orchestration.loading.staging import stage_rows
from orchestration.pricing.price_list import ListPrice, installed_version

RATES, CONTRACT_PRICES, PRICE_LIST = "rates", "contract prices", "price list"
CAUSES = (RATES, CONTRACT_PRICES, PRICE_LIST)
"""Why figures change, in the order in which their effects are told apart."""
_TABLES = {RATES: DATED_TABLES[0], CONTRACT_PRICES: DATED_TABLES[1]}
# A local date reaches into the UTC dates around it.
_CHANGED_HOURS = """
    insert into lake.changes
    select distinct (select max(load_id) from lake.loads), tenant_id, date_trunc('hour', {at})
    from {rows} as events
    inner join priced_anew on {condition}
    where event_date between cast($1 as date) - 1 and cast($2 as date) + 1"""


@dataclass(frozen=True)
class Span:
    """Local dates that are repriced, both inclusive; none where all that were asked for are closed."""

    first: date
    last: date

    @property
    def is_empty(self) -> bool:
        return self.first > self.last


@dataclass(frozen=True)
class Taken:
    """What was put in force. changed: the models that have other prices in the installed list, somewhere in the span.

    list_version: of the list that is in force now; versions: of those asked before; models: how many were looked up;
    causes: those that put anything else in force
    """

    list_version: str
    versions: tuple[str, ...]
    models: int
    changed: tuple[ModelKey, ...]
    causes: tuple[str, ...]


def open_span(con: duckdb.DuckDBPyConnection, first: date | None, last: date | None) -> Span:
    """The open dates among first..last; without first from the first open date on, without last all to come."""
    return Span(max(first or FIRST_DATE, first_open_date(con)), last or LAST_DATE)


def take(con: duckdb.DuckDBPyConnection, span: Span, causes: Sequence[str] = CAUSES) -> Taken:
    """Within the caller's transaction: put what is said now in force for events of the dates of the span.

    Nothing is touched where what is said is in force already.
    """
    versions = con.execute("select distinct list_version from lake.list_models order by all").fetchall()
    (models,) = con.execute("select count(*) from lake.list_models").fetchone() or (0,)
    changed: dict[str, Sequence[object]] = {}
    if not span.is_empty:
        changed = {
            cause: _take_list(con, span) if cause == PRICE_LIST else _take_table(con, cause, span) for cause in causes
        }
        note_waiting(con)
    return Taken(
        installed_version(),
        tuple(version for (version,) in versions),
        models,
        tuple(ModelKey(*model) for model in changed.get(PRICE_LIST, ())),  # type: ignore[misc]
        tuple(cause for cause in causes if changed.get(cause)),
    )


def _take_table(con: duckdb.DuckDBPyConnection, cause: str, span: Span) -> list[str]:
    """Put the directory's present rates or contract prices in force; the models that this changes."""
    table = _TABLES[cause]
    before = read_in_force(con, table)
    after = taken(before, read_rows(con, table, table.table), span.first, span.last)
    since = differing_since(before, after)
    if not since:
        return []
    publish_in_force(con, table, after)
    stage_rows(con, "priced_anew", {"changed_model": "varchar", "since": "timestamp"}, list(since.items()))
    _add_load(con)
    for source in SOURCES:
        if not source.model:
            continue
        of_model = f"changed_model = {source.model}"
        condition = (
            f"{of_model} and {source.at_column} >= since - {LONGEST_LOCAL_DAY}"
            if cause == RATES
            else f"{of_model} and {source.at_column} >= since and {source.lacks_cost}"
        )
        _add_hours(con, f"lake.{source.table}", source.at_column, condition, span)
    return list(since)


def _take_list(con: duckdb.DuckDBPyConnection, span: Span) -> list[ModelKey]:
    """Put the installed price list in force; the models that have other prices in it."""
    rows = con.execute("select provider, model_id from lake.list_models order by all").fetchall()
    found = look_up(ModelKey(*row) for row in rows)
    before = _prices_in_force(con)
    after: Mapping[ModelKey, list[DatedRows[ListPrice]]] = {
        model: spliced(before[model], DatedRows(span.first, span.last, listed.prices if listed else ()))
        for model, listed in found.items()
    }
    changed = [model for model in found if after[model] != before[model]]
    con.execute("delete from lake.list_models")
    con.execute("delete from lake.list_prices")
    insert_models(con, found)
    insert_prices(con, dict(after))
    if changed:
        _add_load(con)
        stage_rows(con, "priced_anew", {"provider": "varchar", "model_id": "varchar"}, changed)
        condition = "events.priced_provider = priced_anew.provider and events.priced_model = priced_anew.model_id"
        for source in SOURCES:
            if source.model:
                _add_hours(con, unpriced_rows(source, f"lake.{source.table}"), source.at_column, condition, span)
    return changed


def _add_load(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into lake.loads select max(load_id) + 1, max_by(last_landing_date, load_id), false from lake.loads"
    )


def _add_hours(con: duckdb.DuckDBPyConnection, rows: str, at: str, condition: str, span: Span) -> None:
    con.execute(_CHANGED_HOURS.format(at=at, rows=rows, condition=condition), [span.first, span.last])


def _prices_in_force(con: duckdb.DuckDBPyConnection) -> dict[ModelKey, list[DatedRows[ListPrice]]]:
    columns = ", ".join(("provider", "model_id", "first_date", "last_date", *ListPrice._fields))
    rows = con.execute(
        f"select {columns} from lake.list_prices "
        "order by provider, model_id, first_date, valid_from, from_second, from_input_tokens"
    ).fetchall()
    found: dict[ModelKey, list[DatedRows[ListPrice]]] = defaultdict(list)
    for (provider, model_id, first, last), prices in groupby(rows, key=lambda row: row[:4]):
        dates = DatedRows(first, last, tuple(ListPrice(*row[4:]) for row in prices))
        found[ModelKey(provider, model_id)].append(dates)
    return found
