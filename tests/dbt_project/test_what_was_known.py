"""The back-test projects from what had landed: as builds of the days themselves did, however late the rest came."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from comparing import build_parts, differences_from_full_refresh, rows_of

from orchestration.loading.load import load
from tests.parts import built_for

FIRST, LAST = date(2026, 8, 3), date(2026, 10, 2)
ZONES = {"utc": "UTC", "york": "America/New_York", "kath": "Asia/Kathmandu"}
_JUDGED = (
    "select f.tenant_id, f.scope, f.scope_id, f.usage_date, f.projection_error + d.used "
    "from intermediate.int_budget_backtest as f inner join marts.mart_budget_status as d "
    "using (tenant_id, scope, scope_id, month) order by all"
)


@pytest.fixture(scope="module", autouse=True)
def part() -> Iterator[None]:
    with built_for("mart_budget_backtest_summary", "mart_budget_daily", "mart_budget_status", "mart_item_daily"):
        yield


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three tenants, two of whose events of three land up to nine days late; one user's first weeks all at once."""
    raw = tmp_path_factory.mktemp("late")
    chance = random.Random(7)
    (raw / "directory").mkdir()
    tenants = "".join(f"{tenant},{tenant},{zone}\n" for tenant, zone in ZONES.items())
    (raw / "directory/tenants.csv").write_text(f"tenant_id,tenant_name,timezone\n{tenants}", encoding="utf-8")
    budgets = "".join(f"{tenant},tenant,,*,300\n{tenant},user,u1,*,90\n" for tenant in ZONES)
    (raw / "directory/budgets.csv").write_text(f"tenant_id,scope,scope_id,month,credits\n{budgets}", encoding="utf-8")
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        for tenant in ZONES:
            for user, hour in (("u1", 3), ("u2", 12), ("u2", 21)):
                landed = day + timedelta(days=chance.choice([0, 0, 1, 2, 9]))
                if user == "u1" and number < 25:
                    landed = FIRST + timedelta(days=30)
                _land(raw, landed, {
                    "event_id": f"{day}{hour}", "tenant_id": tenant, "user_id": user, "model_id": "m",
                    "occurred_at": f"{day}T{hour:02d}:00:00Z", "credits": str(chance.randint(0, 9)),
                })  # fmt: skip
    return raw


def _land(raw: Path, landed: date, event: dict[str, str]) -> None:
    file = raw / f"usage/{landed}/e.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(event) + "\n")


@pytest.fixture(scope="module")
def judged(zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(zone, tmp_path_factory.mktemp("judged"), LAST + timedelta(days=9))


def _built(zone: Path, folder: Path, last_landing: date) -> Path:
    warehouse = folder / "w.duckdb"
    load(str(zone), warehouse, landing_dates=(date(2026, 1, 1), last_landing))
    build_parts(warehouse, None)
    return warehouse


@pytest.mark.parametrize("day", [date(2026, 8, 24), date(2026, 9, 4)])
def test_a_date_is_projected_as_its_own_run_did(zone: Path, judged: Path, tmp_path: Path, day: date) -> None:
    """A run on each landing date sees the as-of dates that end with it; of New York that is the date before."""
    warehouse = _built(zone, tmp_path, day)
    query = "select tenant_id, scope, scope_id, usage_date, projected from marts.mart_budget_status as s " \
            "inner join marts.mart_budget_daily as d using (tenant_id, scope, scope_id, month, projected) " \
            "qualify usage_date = max(usage_date) over (partition by tenant_id) order by all"  # fmt: skip
    then = {tuple(row[:4]): row[4] for row in rows_of(warehouse, query)}
    found = {tuple(row[:4]): row[4] for row in rows_of(judged, _JUDGED)}
    as_of = {tenant: day - timedelta(days=tenant == "york") for tenant in ZONES}
    assert {key[0]: key[3] for key in then} == as_of
    scopes = [("user", "u1")] if day > FIRST + timedelta(days=30) else []
    wanted = {(tenant, *scope, as_of[tenant]) for tenant in ZONES for scope in [("tenant", tenant), *scopes]}
    assert {key: found.get(key) for key in wanted} == {key: then[key] for key in wanted}
    # Of u1 nothing had landed by the first of the two, so that nothing could be projected.
    assert {key for key in found if key[3] == as_of[key[0]]} == wanted


def test_what_is_known_now_would_have_projected_otherwise(judged: Path) -> None:
    query = (
        "select f.tenant_id, f.scope, f.scope_id, f.usage_date, d.projected from intermediate.int_budget_backtest as f "
        "inner join marts.mart_budget_daily as d using (tenant_id, scope, scope_id, usage_date) order by all"
    )
    now, then = rows_of(judged, query), rows_of(judged, _JUDGED)
    assert [row[:4] for row in now] == [row[:4] for row in then]
    assert sum(one[4] != other[4] for one, other in zip(now, then, strict=True)) > len(now) / 2


def test_a_build_of_some_days_back_tests_as_one_of_all(zone: Path, tmp_path: Path) -> None:
    warehouse = _built(zone, tmp_path, date(2026, 9, 20))
    load(str(zone), warehouse)
    assert build_parts(warehouse, None)
    assert differences_from_full_refresh(warehouse, None) == {}


def test_months_are_counted_as_months(judged: Path) -> None:
    """Of each tenant August and September, of all and of u1."""
    (row,) = rows_of(judged, "select months, forecasts from marts.mart_budget_backtest_summary where scope = 'all'")
    assert row[0] == 12
    with duckdb.connect(str(judged), read_only=True) as con:
        assert con.execute("select count(*) from intermediate.int_budget_backtest").fetchall() == [(row[1],)]
        (errors,) = con.execute(
            "select avg(off) from (select avg(projection_off_pct) as off from intermediate.int_budget_backtest "
            "group by tenant_id, scope, scope_id, month)"
        ).fetchall()
    found = rows_of(judged, "select projection_error_pct from marts.mart_budget_backtest_summary where scope = 'all'")
    assert found[0][0] == pytest.approx(errors[0], abs=1e-5) and Decimal(found[0][0]) > 0
