"""Changes of rates.csv and prices.csv that wait: what was built keeps the rows of before until it is repriced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import duckdb

from orchestration.loading.dated_rows import DatedRows
from orchestration.loading.directory.in_force import (
    DATED_TABLES,
    InForce,
    Row,
    first_open_date,
    publish_in_force,
    read_in_force,
    read_rows,
    stretches,
    taken,
    values_at,
)


class Waiting(NamedTuple):
    """How many rows of a file of the directory changed for dates before before_date that do not have them yet."""

    file: str
    rows: int
    before_date: date


def waiting_changes(con: duckdb.DuckDBPyConnection) -> list[Waiting]:
    """What waits, as the last load, closing or repricing noted it; nothing in a warehouse that knows of none yet."""
    try:
        rows = con.execute("select file, rows, before_date from lake.waiting_changes order by file desc").fetchall()
    except duckdb.CatalogException:
        return []
    return [Waiting(*row) for row in rows]


def note_waiting(con: duckdb.DuckDBPyConnection) -> None:
    """Within the caller's transaction: compare what is in force for open dates with what the directory says now."""
    con.execute("delete from lake.waiting_changes")
    first_open = first_open_date(con)
    for table in DATED_TABLES:
        before = read_in_force(con, table)
        found = _waiting(table.path, before, taken(before, read_rows(con, table, table.table), first_open), first_open)
        if found:
            con.execute("insert into lake.waiting_changes values (?, ?, ?)", found)


def take_present_rows(con: duckdb.DuckDBPyConnection, first: date, last: date) -> None:
    """Within the caller's transaction: let what the directory says now be in force for the dates first..last."""
    for table in DATED_TABLES:
        present = read_rows(con, table, table.table)
        publish_in_force(con, table, taken(read_in_force(con, table), present, first, last))
    note_waiting(con)


def _waiting(file: str, before: InForce, wanted: InForce, first_open: date) -> Waiting | None:
    rows, until = 0, datetime.min  # noqa: DTZ901 UTC, as everywhere
    for model in sorted({*before, *wanted}):
        old, new = before.get(model, ()), wanted.get(model, ())
        if differing := stretches(old, new):
            until = max(until, differing[-1][1])
            rows += len(_changed_moments(old, new, first_open))
    return Waiting(file, rows, until.date()) if rows else None


def _changed_moments(
    before: Sequence[DatedRows[Row]], wanted: Sequence[DatedRows[Row]], first_open: date
) -> set[datetime]:  # fmt: skip
    """Where rows begin that are not on both sides, of open dates."""
    present = next((dates.rows for dates in reversed(wanted) if dates.last_date >= first_open), ())
    open_dates = [dates.rows for dates in before if dates.last_date >= first_open] or [()]
    return {
        row.valid_from
        for rows in open_dates for row in (*rows, *present)
        if values_at(rows, row.valid_from) != values_at(present, row.valid_from)
    }  # fmt: skip
