"""Rows that count for events of some local dates, and others for other dates: rates, contract and list prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Generic, NamedTuple, TypeVar

FIRST_DATE, LAST_DATE = date.min, date(9999, 12, 31)
ONE_DAY = timedelta(days=1)
Row = TypeVar("Row")


class DatedRows(NamedTuple, Generic[Row]):
    """Rows that count for events of these local dates, both inclusive."""

    first_date: date
    last_date: date
    rows: tuple[Row, ...]


def spliced(before: Sequence[DatedRows[Row]], new: DatedRows[Row]) -> list[DatedRows[Row]]:
    """The rows by date with those of `new` in their place; neighbours of the same rows are one."""
    kept = [
        dates._replace(last_date=min(dates.last_date, new.first_date - ONE_DAY))
        for dates in before if dates.first_date < new.first_date
    ]  # fmt: skip
    kept += [
        dates._replace(first_date=max(dates.first_date, new.last_date + ONE_DAY))
        for dates in before if dates.last_date > new.last_date
    ]  # fmt: skip
    return joined([*kept, new])


def joined(all_dates: Sequence[DatedRows[Row]]) -> list[DatedRows[Row]]:
    """In the order of their dates, neighbours of the same rows as one, and none without rows."""
    found: list[DatedRows[Row]] = []
    for dates in sorted(all_dates, key=lambda dates: dates.first_date):
        if found and found[-1].rows == dates.rows and found[-1].last_date + ONE_DAY == dates.first_date:
            found[-1] = found[-1]._replace(last_date=dates.last_date)
        else:
            found.append(dates)
    return [dates for dates in found if dates.rows]
