"""What a closed month was rated and priced by stays, whatever rates.csv, prices.csv and the price list say later."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.building.build import build
from orchestration.closing.close import close_month, forget_reopened, reopen_month
from orchestration.closing.journal import Signature
from orchestration.closing.review import KINDS
from orchestration.keeping import keep
from orchestration.repricing.effects import reprice
from orchestration.repricing.reprice import open_span, take
from orchestration.warehouse import opened
from tests.orchestration.loading.test_listed_models import list_that_says
from tests.orchestration.loading.zones import ZoneFolder, usage

FEBRUARY = date(2026, 2, 1)
SIGNATURE = Signature("Finance", "February")
RATES = "model_id,valid_from,multiplier\nrated,2026-01-01,1\n"
PRICES = "model_id,valid_from,usd_per_request\nrated,2026-01-01,0.5\n"
BACK_DATED = RATES + "rated,2026-02-01,7\nunrated,2026-01-01,9\n"
DEARER = PRICES + "rated,2026-02-01,3\n"
FACTS = """select usage_date::varchar, model_id, sum(credits), sum(cost_usd), sum(unrated_requests)
    from marts.fct_usage_daily group by all order by all"""
ADJUSTED = "select month, model_id, requests, credits, cost_usd from marts.mart_closing_adjustments order by all"
CLOSED = [
    ("2026-02-10", "rated", 1, Decimal("0.5"), 0),
    ("2026-02-10", "unrated", 0, Decimal("0.25"), 1),
    # Still February in New York, and March by UTC.
    ("2026-02-28", "rated", 1, Decimal("0.5"), 0),
]
OPEN = [("2026-03-01", "rated", 1, Decimal("0.5"), 0)]
OPEN_AGAIN = [("2026-03-01", "rated", 7, Decimal(3), 0)]


@pytest.fixture(scope="module")
def february(tmp_path_factory: pytest.TempPathFactory) -> ZoneFolder:
    """A zone whose February is closed."""
    zone = ZoneFolder(tmp_path_factory.mktemp("frozen"))
    zone.directory("tenants", "tenant_id,tenant_name,timezone\nt1,One,America/New_York\n")
    zone.directory("rates", RATES)
    zone.directory("prices", PRICES)
    zone.lines(
        "usage/2026-03-03/a.jsonl",
        usage("rated", model_id="rated", occurred_at="2026-02-10T10:00:00Z"),
        usage("unrated", model_id="unrated", occurred_at="2026-02-10T10:00:00Z", cost_usd=0.25),
        usage("at_the_end", model_id="rated", occurred_at="2026-03-01T04:59:59Z"),
        usage("of_march", model_id="rated", occurred_at="2026-03-01T05:00:00Z"),
    )
    zone.load()
    _build(zone)
    close_month(zone.warehouse, FEBRUARY, SIGNATURE, accept=KINDS)
    _build(zone)
    keep(zone.warehouse)
    return zone


@pytest.fixture
def zone(february: ZoneFolder, tmp_path: Path) -> ZoneFolder:
    shutil.copytree(february.raw.parent, tmp_path, dirs_exist_ok=True)
    zone = ZoneFolder.__new__(ZoneFolder)
    zone.raw, zone.warehouse = tmp_path / "raw", tmp_path / "warehouse" / "w.duckdb"
    return zone


def _build(zone: ZoneFolder, *, full_refresh: bool = False) -> None:
    build(zone.warehouse, zone.warehouse.with_suffix(".dbt"), full_refresh=full_refresh)


def _change_directory(zone: ZoneFolder) -> None:
    zone.directory("rates", BACK_DATED)
    zone.directory("prices", DEARER)


@pytest.mark.parametrize("is_full", [False, True])
def test_back_dated_rows_move_no_closed_date_and_late_events_take_the_old_ones(zone: ZoneFolder, is_full: bool) -> None:
    assert zone.query(FACTS) == CLOSED + OPEN
    _change_directory(zone)
    zone.lines(
        "usage/2026-03-04/late.jsonl",
        usage("late", model_id="rated", occurred_at="2026-02-20T10:00:00Z"),
        usage("late_at_the_end", model_id="rated", occurred_at="2026-03-01T04:00:00Z"),
        usage("late_unrated", model_id="unrated", occurred_at="2026-02-20T10:00:00Z", cost_usd=1),
    )
    zone.load(full_refresh=is_full)
    _build(zone, full_refresh=is_full)
    late = [("2026-02", "rated", 2, 2, 1), ("2026-02", "unrated", 1, 0, 1)]
    assert (zone.query(FACTS), zone.query(ADJUSTED)) == (CLOSED + OPEN, late)
    assert {effect.month for effect in reprice(zone.warehouse).effects} == {"2026-03"}
    _build(zone, full_refresh=is_full)
    assert (zone.query(FACTS), zone.query(ADJUSTED)) == (CLOSED + OPEN_AGAIN, late)

    assert reopen_month(zone.warehouse, FEBRUARY, SIGNATURE) == (FEBRUARY,)
    _build(zone, full_refresh=is_full)
    forget_reopened(zone.warehouse)
    assert zone.query(FACTS) == [
        ("2026-02-10", "rated", 7, 3, 0),
        ("2026-02-10", "unrated", 9, Decimal("0.25"), 0),
        ("2026-02-20", "rated", 7, 3, 0),
        ("2026-02-20", "unrated", 9, 1, 0),
        ("2026-02-28", "rated", 14, 6, 0),
        *OPEN_AGAIN,
    ]
    assert zone.query(ADJUSTED) == []


def test_a_lost_warehouse_comes_back_with_the_rates_of_its_closed_month(zone: ZoneFolder) -> None:
    zone.warehouse.unlink()
    _change_directory(zone)
    zone.load()
    _build(zone)
    assert zone.query(FACTS)[:3] == CLOSED and zone.query(ADJUSTED) == []


def test_the_tier_of_a_date_is_that_of_the_rate_in_force_for_it(zone: ZoneFolder) -> None:
    _change_directory(zone)
    zone.load()
    with opened(zone.warehouse) as con:
        take(con, open_span(con, None, None))
    _build(zone)
    assert zone.query(
        "select model_id, first_date::varchar, last_date::varchar, tier from marts.dim_model_rates "
        "where timezone = 'America/New_York' order by all"
    ) == [
        ("rated", "2025-12-31", "2026-02-28", "standard"),
        ("rated", "2026-03-01", None, "premium"),
        ("unrated", "2026-03-01", None, "premium"),
    ]


def test_a_price_list_takes_open_dates_alone(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    list_that_says(monkeypatch, "1", "v1")
    zone.lines(
        "usage/2026-03-04/b.jsonl",
        usage("late", model_id="listed", input_tokens=1_000_000, occurred_at="2026-02-20T10:00:00Z"),
        usage("on_time", model_id="listed", input_tokens=1_000_000, occurred_at="2026-03-02T10:00:00Z"),
    )
    zone.load()
    _build(zone)
    list_that_says(monkeypatch, "2", "v2")
    assert reprice(zone.warehouse, last=date(2026, 2, 28)).effects == ()
    assert [effect[:4] for effect in reprice(zone.warehouse).effects] == [("t1", "2026-03", "listed", "price list")]
    _build(zone)
    assert zone.query(ADJUSTED) == [("2026-02", "listed", 1, 0, 1)]
    assert zone.query(FACTS)[-1] == ("2026-03-02", "listed", 0, 2, 1)
