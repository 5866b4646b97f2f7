"""What closed months owed is paid off, and priced again, in the open one, in FOCUS rows and margin to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from changing_zone import ChangingZone
from closed_zone import (
    ADJUSTED_USAGE,
    END_OF_NOVEMBER,
    END_OF_OCTOBER,
    NOVEMBER,
    OCTOBER,
    changed,
    close,
    closed_rows,
    closed_zone,
    copied,
    never_closed,
    take_in,
)
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.building.build import built_variables
from orchestration.building.dbt_runner import run_dbt
from orchestration.repricing.effects import reprice
from tests.orchestration.loading.test_listed_models import list_that_says

_CORRECTED_USAGE = """
    select distinct x_ChargeDate, x_CorrectedMonth, x_Funding, sign(x_Credits)::int from marts.mart_focus_cost_usage
    where ChargeClass = 'Correction' and ChargeCategory = 'Usage' order by all"""
_FOCUS_BY_LOT = """
    select BillingAccountId, x_LotId, sum(EffectiveCost), sum(BilledCost), sum(x_Credits), sum(x_DeferredCost)
    from marts.mart_focus_cost_usage group by all having sum(x_Credits) <> 0 or sum(BilledCost) <> 0 order by all"""
_FOCUS_TOKENS = """
    select BillingAccountId, x_SourceId, SkuMeter, sum(ConsumedQuantity) from marts.mart_focus_cost_usage
    where ChargeCategory = 'Usage' group by all order by all"""
# Of a month in which a lot without an amount paid, the revenue is unknown, and it may be another month.
_MARGINS = """
    select tenant_id, model_id, sum(credits), sum(unpaid_credits), sum(unpriced_credits),
        if(bool_or(unpriced_credits <> 0), null, sum(revenue)), sum(cost_usd)
    from marts.mart_margin_monthly group by all order by all"""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[ChangingZone, Path]:
    return closed_zone(tmp_path_factory.mktemp("closed"))


def test_overdraft_of_a_closed_month_is_paid_off_in_the_open_one(
    closed: tuple[ChangingZone, Path], tmp_path: Path
) -> None:
    zone, warehouse = copied(closed, tmp_path)
    before = closed_rows(warehouse, END_OF_OCTOBER)
    zone.land_settlements(credits=3_000)
    zone.land(30, events_a_day=10)
    assert take_in(zone, warehouse), "the build was no incremental one"
    assert changed(before, closed_rows(warehouse, END_OF_OCTOBER)) == []
    assert rows_of(warehouse, _CORRECTED_USAGE) == [
        (NOVEMBER, month, funding, sign)
        for month in ("2026-09", "2026-10")
        for funding, sign in (("Settled", -1), ("Unfunded", 1))
    ]
    assert differences_from_full_refresh(warehouse, None) == {}
    open_one = never_closed(zone, warehouse)
    for sums in (_FOCUS_BY_LOT, _FOCUS_TOKENS, _MARGINS):
        assert rows_of(warehouse, sums) == rows_of(open_one, sums)
    _assert_exports_are_sound(warehouse)
    assert close(warehouse, NOVEMBER) == (NOVEMBER,)
    before = closed_rows(warehouse, END_OF_NOVEMBER)
    zone.land_settlements(credits=1_000_000)
    zone.land(2)
    take_in(zone, warehouse)
    assert changed(before, closed_rows(warehouse, END_OF_NOVEMBER)) == []
    _assert_exports_are_sound(warehouse)


def test_pricing_anew_leaves_closed_months_as_they_are(
    closed: tuple[ChangingZone, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, warehouse = copied(closed, tmp_path)
    before = closed_rows(warehouse, END_OF_OCTOBER)
    list_that_says(monkeypatch, "1000", "v2")
    assert reprice(warehouse, first=OCTOBER, last=END_OF_OCTOBER).effects == ()
    assert {effect.cause for effect in reprice(warehouse).effects} == {"price list"}
    assert build_parts(warehouse, None), "the build was no incremental one"
    assert changed(before, closed_rows(warehouse, END_OF_OCTOBER)) == []
    assert rows_of(warehouse, ADJUSTED_USAGE) == []
    assert differences_from_full_refresh(warehouse, None) == {}


def _assert_exports_are_sound(warehouse: Path) -> None:
    tests = run_dbt(
        ["test", "--select", "mart_focus_cost_usage"],
        warehouse=warehouse,
        target=warehouse.with_suffix(".dbt"),
        variables=built_variables(warehouse),
    )
    assert {test.name: test.message for test in tests if test.status != "pass"} == {}
    assert len(tests) >= 3
