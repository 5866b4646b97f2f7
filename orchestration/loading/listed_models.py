"""The price list in force: schema lake holds, for every model that events lack a cost of, what the list says of it.

A model is looked up once, when events first name it, in the list that is installed then. What was found stays, through
full refreshes and upgrades of the list, until it is priced again (`repricing`): no figure of the past changes silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, DatedRows
from orchestration.loading.directory.in_force import first_open_date
from orchestration.loading.lake.lake import Area, Lake
from orchestration.loading.sources import Source
from orchestration.pricing.price_list import ListedModel, ListPrice, find_model, installed_version
from orchestration.warehouse import opened

_MODEL_COLUMNS = {
    "provider": pa.string(), "model_id": pa.string(), "list_provider": pa.string(), "list_model": pa.string(),
    "list_version": pa.string(),
}  # fmt: skip
_USD = pa.decimal128(24, 9)
_PRICE_COLUMNS = {
    "provider": pa.string(), "model_id": pa.string(), "first_date": pa.date32(), "last_date": pa.date32(),
    "valid_from": pa.timestamp("us"), "valid_to": pa.timestamp("us"), "from_second": pa.int32(),
    "to_second": pa.int32(), "from_input_tokens": pa.int64(), "to_input_tokens": pa.int64(), "usd_per_m_input": _USD,
    "usd_per_m_cached_input": _USD, "usd_per_m_cache_write": _USD, "usd_per_m_cache_write_1h": _USD,
    "usd_per_m_output": _USD, "usd_per_m_reasoning": _USD, "usd_per_request": _USD,
    "usd_per_m_meters": pa.string(),
}  # fmt: skip

_WRITE_PRICES = ("usd_per_m_cache_write", "usd_per_m_cache_write_1h")
# What was not read of the list once: the prices that came later, and how a row is told that lacks them.
_LATER_PRICES = {
    _WRITE_PRICES: "usd_per_m_input is not null and usd_per_m_cache_write is null",
    ("usd_per_m_meters",): "usd_per_m_meters is null",
}

Value = str | int | date | Decimal | None


class ModelKey(NamedTuple):
    """A model as events name it; provider is '' where they name none."""

    provider: str
    model_id: str


def unpriced_rows(source: Source, rows: str) -> str:
    """SQL for the rows of `rows` whose cost is to be estimated: provider and model_id, and their own columns."""
    return (
        f"(select coalesce(provider, '') as priced_provider, {source.model} as priced_model, * from {rows} "
        f"where {source.lacks_cost} and {source.model} is not null)"
    )


def new_models(con: duckdb.DuckDBPyConnection, lake: Lake, areas: Iterable[tuple[Source, Area]]) -> list[ModelKey]:
    """The models that what this load has written needs a price of, and that were never looked up."""
    found: set[ModelKey] = set()
    for source, area in areas:
        dates = {part.event_date for part in lake.parts(area) if part.load_id == lake.load_id}
        if source.model and dates:
            found |= {
                ModelKey(*row)
                for row in con.execute(
                    f"select distinct priced_provider, priced_model from "
                    f"{unpriced_rows(source, lake.relation(area, dates))} "
                    "except select provider, model_id from lake.list_models"
                ).fetchall()
            }
    return sorted(found)


def other_versions(warehouse: Path) -> tuple[str, ...]:
    """Versions of the list, other than the installed one, in which models were looked up."""
    with opened(warehouse, read_only=True) as con:
        rows = con.execute("select distinct list_version from lake.list_models order by all").fetchall()
    return tuple(version for (version,) in rows if version != installed_version())


def look_up(models: Iterable[ModelKey]) -> dict[ModelKey, ListedModel | None]:
    """What the installed list says of each model; None: it does not have it."""
    return {model: find_model(*model) for model in models}


def add_models(con: duckdb.DuckDBPyConnection, found: dict[ModelKey, ListedModel | None]) -> None:
    """Within the caller's transaction: put models that were just looked up into the list in force, for all dates."""
    insert_models(con, found)
    insert_prices(con, {
        model: [DatedRows(FIRST_DATE, LAST_DATE, listed.prices)] for model, listed in found.items() if listed
    })  # fmt: skip


def insert_models(con: duckdb.DuckDBPyConnection, found: dict[ModelKey, ListedModel | None]) -> None:
    """Within the caller's transaction: note what the installed list calls these models."""
    version = installed_version() if found else ""
    _insert(con, "lake.list_models", _MODEL_COLUMNS, [
        (*model, *(listed[:2] if listed else (None, None)), version) for model, listed in found.items()
    ])  # fmt: skip


def insert_prices(con: duckdb.DuckDBPyConnection, prices: dict[ModelKey, list[DatedRows[ListPrice]]]) -> None:
    """Within the caller's transaction: add these prices to the list in force."""
    _insert(con, "lake.list_prices", _PRICE_COLUMNS, [
        (*model, dates.first_date, dates.last_date, *price)
        for model, all_dates in prices.items() for dates in all_dates for price in dates.rows
    ])  # fmt: skip


def complete_prices(con: duckdb.DuckDBPyConnection) -> None:
    """Within the caller's transaction: add prices that were not read yet when a model was looked up.

    To rows that the installed list has just as they are; of others they stay unknown until they are priced again. For
    dates that are closed nothing is priced apart that was not before: those months stand.
    """
    _close_meters(con, first_open_date(con))
    for names, lacks in _LATER_PRICES.items():
        _complete(con, names, lacks)


def _close_meters(con: duckdb.DuckDBPyConnection, first_open: date) -> None:
    closed = "usd_per_m_meters is null and first_date < $first_open"
    given = {"first_open": first_open}
    con.execute(
        "insert into lake.list_prices by name select * replace (least(last_date, $first_open - 1) as last_date, "
        f"'{{}}' as usd_per_m_meters) from lake.list_prices where {closed}",
        given,
    )
    con.execute(f"delete from lake.list_prices where {closed} and last_date < $first_open", given)
    con.execute(f"update lake.list_prices set first_date = $first_open where {closed}", given)


def _complete(con: duckdb.DuckDBPyConnection, names: tuple[str, ...], lacks: str) -> None:
    stale = con.execute(f"select distinct provider, model_id from lake.list_prices where {lacks}").fetchall()
    listed = look_up(ModelKey(*row) for row in stale)
    insert = [(*model, None, None, *price) for model, entry in listed.items() if entry for price in entry.prices]
    if not insert:
        return
    con.execute("create or replace temp table listed_now as from lake.list_prices where false")
    _insert(con, "listed_now", _PRICE_COLUMNS, insert)
    later = {name for group in _LATER_PRICES for name in group}
    is_same = " and ".join(
        f"stale.{name} is not distinct from listed_now.{name}"
        for name in _PRICE_COLUMNS
        if name not in (*later, "first_date", "last_date")
    )
    values = ", ".join(f"{name} = listed_now.{name}" for name in names)
    stale_lacks = " and ".join(f"stale.{condition}" for condition in lacks.split(" and "))
    con.execute(f"update lake.list_prices as stale set {values} from listed_now where {stale_lacks} and {is_same}")


def _insert(
    con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, pa.DataType], rows: Sequence[Sequence[Value]]
) -> None:
    if not rows:
        return
    values = zip(*rows, strict=True)
    arrays = {name: pa.array(cells, kind) for (name, kind), cells in zip(columns.items(), values, strict=True)}
    con.register("list_rows", pa.table(arrays))
    con.execute(f"insert into {table} by name from list_rows")
    con.unregister("list_rows")
