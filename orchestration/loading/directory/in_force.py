"""Rates and contract prices in force: which rows of rates.csv and prices.csv count for events of which local dates.

The directory is a snapshot and keeps no past. What closed dates were rated and priced by stays in the schema lake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import duckdb

from orchestration.closing.journal import JOURNAL, closed_to
from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, ONE_DAY, DatedRows, joined, spliced
from orchestration.loading.directory.tables import DIRECTORY_TABLES, DirectoryTable
from orchestration.loading.staging import stage_rows

DATED_TABLES = tuple(table for table in DIRECTORY_TABLES if table.is_dated)
# A local date begins up to 14 hours before it does in UTC, and ends up to 12 hours after.
_START, _END = datetime.fromisoformat("0001-01-01"), datetime.fromisoformat("9999-12-31T23:59:59")
AHEAD, BEHIND = timedelta(hours=14), timedelta(hours=12)
_STAGED = {"model_id": "varchar", "first_date": "date", "last_date": "date", "valid_from": "timestamp",
           "is_in_force": "boolean"}  # fmt: skip


class Row(NamedTuple):
    """What a model's rate or price is from a moment (UTC) on, until its next row; None: from then on it has none."""

    valid_from: datetime
    values: tuple[Decimal | None, ...] | None


InForce = Mapping[str, Sequence[DatedRows[Row]]]
"""The rows of each model by the local dates for whose events they count; dates that are missing have none."""


def first_open_date(con: duckdb.DuckDBPyConnection) -> date:
    """The first date that is not closed."""
    con.execute(JOURNAL)
    last = closed_to(con)
    return last + ONE_DAY if last else FIRST_DATE


def read_in_force(con: duckdb.DuckDBPyConnection, table: DirectoryTable) -> dict[str, list[DatedRows[Row]]]:
    """The rows of a directory table that are in force."""
    rows = con.execute(
        f"select model_id, first_date, last_date, valid_from, is_in_force, {', '.join(table.values)} "
        f"from {table.in_force} order by model_id, first_date, valid_from"
    ).fetchall()
    found: dict[str, list[DatedRows[Row]]] = defaultdict(list)
    for (model, first, last), dated in groupby(rows, key=lambda row: row[:3]):
        found[model].append(DatedRows(first, last, tuple(_row(*row[3:]) for row in dated)))
    return found


def read_rows(con: duckdb.DuckDBPyConnection, table: DirectoryTable, relation: str) -> dict[str, tuple[Row, ...]]:
    """The rows of each model as `relation`, in the columns of the directory table, has them."""
    rows = con.execute(
        f"select model_id, valid_from, {', '.join(table.values)} from {relation} order by model_id, valid_from"
    ).fetchall()
    return {
        model: tuple(Row(valid_from, tuple(values)) for _, valid_from, *values in of_model)
        for model, of_model in groupby(rows, key=lambda row: row[0])
    }


def taken(before: InForce, now: Mapping[str, Sequence[Row]], first: date, last: date = LAST_DATE) -> InForce:
    """What is in force where the rows of `now` take the place of all others for the dates first..last."""
    return {
        model: spliced(before.get(model, ()), DatedRows(first, last, tuple(now.get(model, ()))))
        for model in sorted({*before, *now})
    }


def taken_after(before: InForce, now: Mapping[str, Sequence[Row]], moment: datetime) -> InForce:
    """What is in force where the rows of `now` take the place of all others from a moment (UTC) on."""
    return {
        model: joined([
            dates._replace(rows=_changing_at(dates.rows, now.get(model, ()), moment))
            if dates.last_date >= moment.date() - ONE_DAY else dates
            for dates in _without_gaps(before.get(model, ()))
        ])
        for model in sorted({*before, *now})
    }  # fmt: skip


def _changing_at(before: Sequence[Row], now: Sequence[Row], moment: datetime) -> tuple[Row, ...]:
    kept = [row for row in before if row.valid_from < moment]
    later = [row for row in now if row.valid_from >= moment]
    values = values_at(now, moment)
    is_said = bool(later) and later[0].valid_from == moment
    if is_said or values == (kept[-1].values if kept else None):
        return (*kept, *later)
    return (*kept, Row(moment, values), *later)


def _without_gaps(all_dates: Sequence[DatedRows[Row]]) -> list[DatedRows[Row]]:
    found: list[DatedRows[Row]] = []
    day = FIRST_DATE
    for dates in all_dates:
        if day < dates.first_date:
            found.append(DatedRows(day, dates.first_date - ONE_DAY, ()))
        found.append(dates)
        day = _day_after(dates)
    if not all_dates or all_dates[-1].last_date < LAST_DATE:
        found.append(DatedRows(day, LAST_DATE, ()))
    return found


def differing_since(before: InForce, after: InForce) -> dict[str, datetime]:
    """The models that have other rows in force, each with the first moment (UTC) at which it may have."""
    found = {model: stretches(before.get(model, ()), after.get(model, ())) for model in {*before, *after}}
    return {model: differing[0][0] for model, differing in sorted(found.items()) if differing}


def publish_in_force(con: duckdb.DuckDBPyConnection, table: DirectoryTable, after: InForce) -> None:
    """Within the caller's transaction: make these rows those in force."""
    rows = [
        (model, dates.first_date, dates.last_date, row.valid_from, row.values is not None,
         *(map(_text, row.values) if row.values is not None else [None] * len(table.values)))
        for model, all_dates in after.items() for dates in all_dates for row in dates.rows
    ]  # fmt: skip
    stage_rows(con, "rows_in_force", _STAGED | dict.fromkeys(table.values, "varchar"), rows)
    con.execute(f"delete from {table.in_force}")
    con.execute(f"insert into {table.in_force} by name from rows_in_force")


def stretches(
    before: Sequence[DatedRows[Row]], after: Sequence[DatedRows[Row]]
) -> list[tuple[datetime, datetime]]:  # fmt: skip
    """The stretches of time in which an event, of whatever zone, may find other values in force, in their order."""
    starts = {FIRST_DATE} | {day for dates in (*before, *after) for day in (dates.first_date, _day_after(dates))}
    found = []
    for first, next_first in zip(ordered := sorted(starts), [*ordered[1:], None], strict=True):
        begin = _moment(first) - AHEAD if first > FIRST_DATE else _START
        end = _moment(next_first) + BEHIND if next_first else _END
        found += differing(rows_on(before, first), rows_on(after, first), begin, end)
    return sorted(found)


def differing(
    before: Sequence[Row], after: Sequence[Row], begin: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:  # fmt: skip
    """The stretches of time within begin..end in which other values are in force, in their order."""
    moments = {row.valid_from for row in (*before, *after) if begin < row.valid_from < end}
    ordered = [begin, *sorted(moments), end]
    return [
        (since, until) for since, until in zip(ordered, ordered[1:], strict=False)
        if values_at(before, since) != values_at(after, since)
    ]  # fmt: skip


def values_at(rows: Sequence[Row], moment: datetime) -> tuple[Decimal | None, ...] | None:
    """What is in force at a moment; None: nothing."""
    return next((row.values for row in reversed(rows) if row.valid_from <= moment), None)


def rows_on(all_dates: Sequence[DatedRows[Row]], day: date) -> tuple[Row, ...]:
    return next((dates.rows for dates in all_dates if dates.first_date <= day <= dates.last_date), ())


def _day_after(dates: DatedRows[Row]) -> date:
    return dates.last_date + ONE_DAY if dates.last_date < LAST_DATE else LAST_DATE


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 UTC, as everywhere


def _row(valid_from: datetime, is_in_force: bool, *values: Decimal | None) -> Row:
    return Row(valid_from, values if is_in_force else None)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
