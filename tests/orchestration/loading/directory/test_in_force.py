"""Which rows are in force for which dates: by date where closed or repriced, by the moment where they are new."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from orchestration.loading.dated_rows import FIRST_DATE, LAST_DATE, DatedRows
from orchestration.loading.directory.in_force import Row, differing_since, stretches, taken, taken_after

BUILT = datetime.fromisoformat("2026-03-02T00:00")
MARCH = date(2026, 3, 1)


def row(moment: str, value: int | None) -> Row:
    return Row(datetime.fromisoformat(moment), None if value is None else (Decimal(value),))


def ever(*rows: Row) -> list[DatedRows[Row]]:
    return [DatedRows(FIRST_DATE, LAST_DATE, rows)]


OLD, LATER = row("2026-01-01", 1), row("2026-04-01", 4)


@pytest.mark.parametrize(("now", "after"), [
    # Of the future only: as it is said.
    ([OLD, LATER], ever(OLD, LATER)),
    ([OLD, row("2026-03-02", 2)], ever(OLD, row("2026-03-02", 2))),
    # Of the past, too: from then on.
    ([row("2026-01-01", 2)], ever(OLD, row("2026-03-02", 2))),
    ([OLD, row("2026-02-01", 2), LATER], ever(OLD, row("2026-03-02", 2), LATER)),
    ([OLD, row("2026-02-01", 2), row("2026-03-01", 1)], ever(OLD)),
    # Taken away, or never given before.
    ([], ever(OLD, row("2026-03-02", None))),
    ([LATER], ever(OLD, row("2026-03-02", None), LATER)),
])  # fmt: skip
def test_what_happens_after_the_last_build_goes_by_the_new_rows(now: list[Row], after: list[DatedRows[Row]]) -> None:
    found = taken_after({"m": ever(OLD)}, {"m": tuple(now)}, BUILT)
    assert found == {"m": after}
    assert taken_after(found, {"m": tuple(now)}, BUILT) == found


def test_a_model_without_rows_gets_its_first_from_the_last_build_on() -> None:
    assert taken_after({}, {"m": (OLD,)}, BUILT) == {"m": ever(row("2026-03-02", 1))}
    assert taken_after({}, {"m": ()}, BUILT) == {"m": []}


def test_dates_that_were_over_keep_the_rows_that_they_have() -> None:
    before = [DatedRows(FIRST_DATE, date(2026, 2, 27), (OLD,)), DatedRows(MARCH, LAST_DATE, (LATER,))]
    found = taken_after({"m": before}, {"m": (row("2026-01-01", 9),)}, BUILT)["m"]
    assert found == [before[0], DatedRows(MARCH, LAST_DATE, (row("2026-03-02", 9),))]


def test_open_dates_take_the_rows_that_are_said_and_no_others() -> None:
    new = (row("2026-02-01", 2),)
    assert taken({"m": ever(OLD)}, {"m": new}, MARCH) == {
        "m": [DatedRows(FIRST_DATE, date(2026, 2, 28), (OLD,)), DatedRows(MARCH, LAST_DATE, new)]
    }
    assert taken({"m": ever(OLD)}, {}, MARCH) == {"m": [DatedRows(FIRST_DATE, date(2026, 2, 28), (OLD,))]}


def test_a_difference_is_one_of_values_at_a_moment_of_dates_that_differ() -> None:
    said_twice = ever(OLD, row("2026-02-01", 1))
    assert stretches(ever(OLD), said_twice) == []
    assert differing_since({"m": ever(OLD)}, {"m": said_twice}) == {}
    assert differing_since({"m": ever(OLD)}, {"m": ever(OLD, LATER), "n": ever(OLD)}) == {
        "m": LATER.valid_from, "n": OLD.valid_from
    }  # fmt: skip
    # Events of 1 March may be as early as 14 hours before it.
    other = taken({"m": ever(OLD)}, {"m": (row("2026-01-01", 2),)}, MARCH)
    assert differing_since({"m": ever(OLD)}, other) == {"m": datetime.fromisoformat("2026-02-28T10:00")}
