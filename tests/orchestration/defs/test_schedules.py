from __future__ import annotations

from datetime import date

import pytest

from orchestration.defs.schedules import last_iso_week, last_month, yesterday


def test_the_daily_run_ends_yesterday() -> None:
    assert yesterday(date(2026, 3, 1)) == (None, date(2026, 2, 28))


@pytest.mark.parametrize("today", [date(2026, 11, 16), date(2026, 11, 18), date(2026, 11, 22)])
def test_the_weekly_run_covers_the_iso_week_before(today: date) -> None:
    assert last_iso_week(today) == (date(2026, 11, 9), date(2026, 11, 15))


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2026, 3, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2024, 3, 31), (date(2024, 2, 1), date(2024, 2, 29))),
        (date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_the_monthly_run_covers_the_calendar_month_before(today: date, period: tuple[date, date]) -> None:
    assert last_month(today) == period
