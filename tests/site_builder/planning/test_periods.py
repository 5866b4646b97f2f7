"""Period arithmetic: what a report covers and what it is compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.planning import periods
from site_builder.planning.periods import Span

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def test_a_day_is_compared_with_the_same_weekday_a_week_before() -> None:
    day = periods.cut("daily", periods.day_of(date(2026, 11, 21)), date(2026, 12, 31))
    assert periods.previous(day) == Span(date(2026, 11, 14), date(2026, 11, 14))
    assert day.name == "2026-11-21"


def test_a_week_belongs_to_its_iso_year() -> None:
    week = periods.cut("weekly", periods.week_of(date(2027, 1, 2)), date(2027, 12, 31))
    assert (week.name, week.whole.first) == ("2026-W53", date(2026, 12, 28))


@pytest.mark.parametrize(
    ("first", "as_of", "expected"),
    [
        ("2026-11-01", "2026-11-30", ("2026-10-01", "2026-10-31")),
        ("2026-11-01", "2026-11-13", ("2026-10-01", "2026-10-13")),
        ("2026-03-01", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2028-03-01", "2028-03-29", ("2028-02-01", "2028-02-29")),
        ("2026-01-01", "2026-02-20", ("2025-12-01", "2025-12-31")),
    ],
)
def test_a_month_is_compared_with_the_month_before(first: str, as_of: str, expected: tuple[str, str]) -> None:
    month = periods.cut("monthly", periods.month_of(date.fromisoformat(first)), date.fromisoformat(as_of))
    before = periods.previous(month)
    assert (before.first.isoformat(), before.last.isoformat()) == expected


def test_a_custom_range_moves_back_by_whole_weeks() -> None:
    custom = periods.cut("custom", Span(date(2026, 11, 3), date(2026, 11, 19)), date(2026, 12, 1))
    assert custom.name == "2026-11-03_2026-11-19"
    assert periods.previous(custom) == Span(date(2026, 10, 13), date(2026, 10, 29))


@given(DAYS, st.integers(0, 400), st.integers(0, 500))
def test_previous_of_ranges_aligns_weekdays_and_never_overlaps(first: date, length: int, running: int) -> None:
    whole = Span(first, first + timedelta(days=length))
    period = periods.cut("custom", whole, first + timedelta(days=running))
    before = periods.previous(period)
    assert before.days == period.covered.days
    assert before.last < period.covered.first
    assert before.first.weekday() == period.covered.first.weekday()
    assert (period.covered.first - before.first).days - before.days < 7


@given(DAYS, st.integers(0, 40))
def test_previous_of_months_is_the_month_before_and_as_long(first: date, running: int) -> None:
    whole = periods.month_of(first)
    period = periods.cut("monthly", whole, whole.first + timedelta(days=running))
    before = periods.previous(period)
    assert before.last < whole.first
    assert before.first == periods.month_of(before.first).first
    if period.to_date:
        assert before.days == min(period.covered.days, periods.month_of(before.first).days)
    else:
        assert before == periods.month_of(whole.first - periods.ONE_DAY)


@given(DAYS)
def test_weeks_and_months_tile_the_calendar(day: date) -> None:
    for whole_of in (periods.week_of, periods.month_of):
        whole = whole_of(day)
        assert whole.first <= day <= whole.last
        assert whole_of(whole.last + periods.ONE_DAY).first == whole.last + periods.ONE_DAY
        assert periods.is_standard(whole)
    assert len(set(periods.week_of(day).dates())) == 7


def test_a_period_that_has_not_begun_is_refused() -> None:
    with pytest.raises(ValueError, match="begins after"):
        periods.cut("daily", periods.day_of(date(2026, 1, 2)), date(2026, 1, 1))
