"""However the data arrived, an incremental build leaves the tables that a full refresh would make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from changing_zone import ChangingZone
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.loading.load import load

Step = Callable[[ChangingZone], None]

STEPS: list[tuple[str, Step, int]] = [
    ("ordinary days", lambda zone: zone.land(2), 0),
    ("one day, shown up to five days before", lambda zone: zone.land(1), 5),
    ("nothing new, shown up to the end again", lambda zone: None, 0),
    ("revised and withdrawn events", lambda zone: zone.land_revisions(60), 0),
    ("events from before the first usage", lambda zone: zone.land_history(days_ago=75, events=12), 0),
    ("first days of a tenant withdrawn", lambda zone: zone.withdraw_first_days("howe", days=30), 0),
    ("another directory, shown up to ten days before", lambda zone: zone.change_directory(), 10),
    ("a late day amid the history, more days shown", lambda zone: zone.land_history(days_ago=20, events=40), 3),
]


def test_incremental_builds_equal_a_full_refresh(tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "w.duckdb"
    zone = ChangingZone(raw, seed=7)
    zone.land(45)
    load(str(raw), warehouse)
    build_parts(warehouse, None)
    for name, change, days_back in STEPS:
        change(zone)
        load(str(raw), warehouse)
        to = zone.day - timedelta(days=days_back) if days_back else None
        assert build_parts(warehouse, to), name
        differing = differences_from_full_refresh(warehouse, to)
        assert not differing, f"after {name}"
    later = rows_of(
        warehouse,
        "select count(*) filter (late_usage_credits <> 0) > 2, count(*) filter "
        "(restated_usage_credits <> 0) > 2 from marts.mart_invoice_reconciliation",
    )
    assert later == [(True, True)], "the zone no longer has invoices that what landed later makes wrong"
    flags = rows_of(
        warehouse,
        "select count(*) filter (is_high_usage_day) > 3 from marts.mart_tenant_daily union all "
        "select count(*) filter (is_runaway) > 3 from marts.mart_item_daily",
    )
    assert flags == [(True,), (True,)], "the zone no longer has the days that make the rule worth comparing"
    estimated = rows_of(
        warehouse, "select distinct model_id from marts.fct_usage_daily where estimated_cost_usd > 0 order by all"
    )
    assert estimated == [("deepseek-chat",), ("m-std",)]


@pytest.mark.parametrize("case", ["small", "edge"])
def test_golden_zone_loaded_in_five_parts(case: str, shared_dir: Path, tmp_path: Path) -> None:
    raw, warehouse = shared_dir / "golden" / case / "raw", tmp_path / "w.duckdb"
    days = sorted(date.fromisoformat(folder.name) for folder in (raw / "usage").glob("[0-9]*-*"))
    cuts = [days[len(days) * part // 5] for part in range(5)] + [days[-1] + timedelta(days=1)]
    for first, next_first in zip(cuts, cuts[1:], strict=False):
        load(str(raw), warehouse, landing_dates=(first, next_first - timedelta(days=1)))
        is_incremental = build_parts(warehouse, None)
    assert is_incremental
    assert not differences_from_full_refresh(warehouse, None)
