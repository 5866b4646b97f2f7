"""Forecasts by the rule of budgets, with a band; unit costs that are unknown where a part of them is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from site_builder.cards import forecast, unit_costs
from site_builder.gather.shares import ItemUse
from site_builder.gather.spend import ITEM, TASK, TENANT, Spend
from site_builder.gather.usage import NO_TOTALS, Day
from site_builder.gather.view import Slice, View
from site_builder.gather.work import Task
from site_builder.planning import periods
from site_builder.planning.scopes import Scope

LAST = date(2026, 2, 22)


def spend(breakdown: str, key: str, amount: str, unknown: str = "0") -> Spend:
    tenant = "" if breakdown == TASK else "t"
    return Spend(
        breakdown, tenant, key, "EUR", Decimal(amount), Decimal(amount), Decimal(unknown), None, None, None, None
    )


def view_of(credits: dict[date, str], now: Slice, past: Slice | None = None, first: date = date(2026, 1, 1)) -> View:
    scope = Scope("t", "T", "t", "UTC", first, LAST, ("t",))
    period = periods.cut("weekly", periods.week_of(LAST), LAST)
    days = {day: Day(day, 0, Decimal(amount), 0, 0) for day, amount in credits.items()}
    return View(scope, period, periods.previous(period), now, past or Slice(), days, {"t": "T"})


def _every_day(amount: str, weekend: str) -> dict[date, str]:
    dates = [LAST - timedelta(back) for back in range(60)]
    return {day: weekend if day.weekday() > 4 else amount for day in dates}


def test_a_steady_use_is_forecast_to_the_day_and_without_a_band() -> None:
    now = Slice(totals=NO_TOTALS._replace(credits=Decimal(50)), spends=(spend(TENANT, "t", "25"),))
    card = forecast.build(view_of(_every_day("10", "0"), now))
    # February 2026 has 20 weekdays and March 22; 15 of February's are over. A credit cost 0.50.
    assert [tuple(row) for row in card.table.rows] == [
        ("2026-02", 150, 200, 200, 200, 100, 100, 100, "EUR"), ("2026-03", 0, 220, 220, 220, 110, 110, 110, "EUR"),
    ]  # fmt: skip
    assert card.title == "February 2026 is expected to take 200.0 credits, 100.00 EUR"


def test_the_band_grows_with_the_spread_of_the_dates_and_never_falls_below_what_was_used() -> None:
    credits = _every_day("10", "0")
    for weeks in range(0, 4, 2):
        credits[LAST - timedelta(6 + 7 * weeks)] = "30"
    now = Slice(totals=NO_TOTALS._replace(credits=Decimal(50)))
    february, march = forecast.build(view_of(credits, now)).table.rows
    # Mondays are 30, 10, 30, 10: four residuals of 10, over 28 − 7 degrees of freedom.
    assert february[2] == 150 + 20 * 2 + 10 * 4 + 20
    spread = Decimal("1.281552") * (Decimal(400) * 6 / 21).sqrt()
    assert february[4] - february[2] == pytest.approx(spread, abs=Decimal("0.000001"))
    assert february[2] - february[3] == february[4] - february[2]
    assert march[4] - march[2] > february[4] - february[2]
    assert february[5:] == (None, None, None, None)
    few = view_of({LAST: "1000"}, now, first=LAST - timedelta(6))
    assert forecast.build(few).table.rows[0][3] >= 1000
    none = forecast.build(view_of({LAST: "1000"}, now, first=LAST - timedelta(5)))
    assert none.is_empty and none.title == "Less than a week of use: too little for a forecast"


def _units(unknown: str = "0") -> dict[object, tuple[object, ...]]:
    items = (
        ItemUse("t", "i", "I", "agent", 4, 0, 0, 0, Decimal(8), 0, None),
        ItemUse("t", "j", "J", "app", 0, 9, 0, 0, Decimal(1), 0, None),
    )
    spends = (
        spend(TENANT, "t", "10", unknown), spend(ITEM, "i", "2"), spend(ITEM, "j", "5"), spend(TASK, "coding", "3"),
        spend(TASK, "(none)", "7"),
    )  # fmt: skip
    now = Slice(
        totals=NO_TOTALS._replace(requests=12, errors=2, credits=Decimal(20)),
        active_users=4,
        spends=spends,
        item_uses=items,
        tasks=tuple(Task(task, "economy", 6, 1, 0, Decimal(6), 0, 0) for task in ("coding", "(none)")),
    )
    past = Slice(totals=NO_TOTALS._replace(requests=5), active_users=2, spends=(spend(TENANT, "t", "10"),))
    return {row[0]: tuple(row) for row in unit_costs.build(view_of({}, now, past)).table.rows}


def test_unit_costs_divide_what_each_kind_of_use_cost() -> None:
    found = _units()
    assert found["active user"] == ("active user", 4, 10, "EUR", Decimal("2.5"), 5, -50.0)
    assert found["run of an item"][1:5] == (4, 2, "EUR", Decimal("0.5"))
    assert found["successful message"][1:6] == (10, 10, "EUR", 1, 2)
    assert found["successful message of a task"][1:5] == (5, 3, "EUR", Decimal("0.6"))


def test_a_unit_cost_is_unknown_where_a_part_of_the_spend_is() -> None:
    found = _units("1")
    assert found["active user"][2:5] == (None, "EUR", None)
    assert found["run of an item"][4] == Decimal("0.5")
