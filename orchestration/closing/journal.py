"""The journal of closed months, `audit.month_closings`: one row per closing and reopening, never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import duckdb

# Columns that came later are NULL in the entries before them.
JOURNAL = """
    create schema if not exists audit;
    create table if not exists audit.month_closings (
        entry_no integer primary key, action varchar, month varchar, build_id integer, load_id bigint,
        last_landing_date date, recorded_at timestamp, by_name varchar, note varchar, accepted varchar);
    alter table audit.month_closings add column if not exists by_name varchar;
    alter table audit.month_closings add column if not exists note varchar;
    alter table audit.month_closings add column if not exists accepted varchar;
"""


@dataclass(frozen=True)
class Signature:
    """Who closes or reopens months, and why."""

    by: str
    note: str


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


def enter(
    con: duckdb.DuckDBPyConnection,
    action: str,
    months: Sequence[date],
    signature: Signature,
    *,
    build_id: int,
    load_id: int,
    clock: str,
    accepted: Mapping[date, str] = MappingProxyType({}),
) -> None:
    """Enter a `close` or `reopen` of months: the build, load and last landing date that it stood on, and who did it.

    accepted: what was known to be wrong with a month and did not keep it from being closed
    """
    con.execute(JOURNAL)
    for month in months:
        con.execute(
            "insert into audit.month_closings by name select coalesce(max(entry_no), 0) + 1 as entry_no, $1 as action, "
            "$2 as month, $3 as build_id, $4 as load_id, $5 as last_landing_date, "
            "current_timestamp at time zone 'UTC' as recorded_at, $6 as by_name, $7 as note, $8 as accepted "
            "from audit.month_closings",
            [action, month_name(month), build_id, load_id, clock, signature.by, signature.note, accepted.get(month)],
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
