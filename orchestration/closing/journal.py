"""The journal of closed months, `audit.month_closings`: one row per closing and reopening, never changed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import duckdb

JOURNAL = """
    create schema if not exists audit;
    create table if not exists audit.month_closings (
        entry_no integer primary key, action varchar, month varchar, build_id integer, load_id bigint,
        last_landing_date date, recorded_at timestamp);
"""


def closed_months(con: duckdb.DuckDBPyConnection) -> tuple[date, ...]:
    """First dates of the months that are closed, in their order."""
    rows = con.execute(
        "select month from audit.month_closings group by month having max_by(action, entry_no) = 'close' order by month"
    ).fetchall()
    return tuple(date.fromisoformat(f"{month}-01") for (month,) in rows)


def closed_to(con: duckdb.DuckDBPyConnection) -> date | None:
    """The last date of the closed months; None where none is closed."""
    months = closed_months(con)
    return last_of_month(months[-1]) if months else None


def note(
    con: duckdb.DuckDBPyConnection, action: str, months: Sequence[date], *, build_id: int, load_id: int, clock: str
) -> None:
    """Enter a `close` or `reopen` of months, and the build, load and last landing date that it stood on."""
    for month in months:
        con.execute(
            "insert into audit.month_closings select coalesce(max(entry_no), 0) + 1, $1, $2, $3, $4, $5, "
            "current_timestamp at time zone 'UTC' from audit.month_closings",
            [action, month_name(month), build_id, load_id, clock],
        )


def month_name(day: date) -> str:
    """The month of a date as YYYY-MM."""
    return day.isoformat()[:7]


def last_of_month(day: date) -> date:
    """The last date of the month that a date lies in."""
    return next_month(day) - timedelta(days=1)


def next_month(day: date) -> date:
    """The first date of the month after the one that a date lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
