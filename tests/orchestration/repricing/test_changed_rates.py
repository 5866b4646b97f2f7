"""Other rates and contract prices: what was built keeps its own until it is repriced; what that does is shown first."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.building.build import build
from orchestration.cli import main
from orchestration.repricing.effects import facts_of, preview
from tests.orchestration.loading.test_listed_models import list_that_says
from tests.orchestration.loading.zones import ZoneFolder, usage

RATES = "model_id,valid_from,multiplier\nm,2026-01-01,1\n"
PRICES = "model_id,valid_from,usd_per_request\nm,2026-01-01,0.5\n"
FACTS = """select usage_date::varchar, model_id, sum(credits)::varchar, sum(cost_usd)::varchar
    from marts.fct_usage_daily group by all order by all"""
BUILT = [
    ("2026-02-27", "listed", "0.000000", "1.000000"),
    ("2026-02-27", "m", "1.000000", "0.500000"),
    ("2026-03-01", "m", "2.000000", "1.000000"),
]
TAKEN = [
    ("2026-02-27", "listed", "0.000000", "2.000000"),
    ("2026-02-27", "m", "1.000000", "3.000000"),
    ("2026-03-01", "m", "14.000000", "6.000000"),
]
NEW = [("2026-03-02", "m", "7.000000", "3.000000")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> ZoneFolder:
    """A zone built up to 1 March, whose rates and contract prices of the past, and price list, are others now."""
    zone = ZoneFolder(tmp_path_factory.mktemp("rates"))
    zone.directory("rates", RATES)
    zone.directory("prices", PRICES)
    zone.lines(
        "usage/2026-03-01/a.jsonl",
        usage("e1", model_id="m", occurred_at="2026-02-27T10:00:00Z"),
        usage("e2", model_id="m", occurred_at="2026-03-01T10:00:00Z"),
        usage("e3", model_id="m", occurred_at="2026-03-01T23:59:59Z"),
        usage("e4", model_id="listed", occurred_at="2026-02-27T10:00:00Z", input_tokens=1_000_000),
        usage("e5", model_id="m", occurred_at="2026-02-27T11:00:00Z", credits=0, cost_usd=0),
    )
    with pytest.MonkeyPatch.context() as patch:
        list_that_says(patch, "1", "v1")
        zone.load()
        _build(zone)
    zone.directory("rates", RATES + "m,2026-03-01,7\n")
    zone.directory("prices", PRICES.replace("0.5", "3"))
    zone.lines("usage/2026-03-02/b.jsonl", usage("e6", model_id="m", occurred_at="2026-03-02T00:00:00Z"))
    return zone


@pytest.fixture
def zone(built: ZoneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ZoneFolder:
    list_that_says(monkeypatch, "2", "v2")
    shutil.copytree(built.raw.parent, tmp_path, dirs_exist_ok=True)
    zone = ZoneFolder.__new__(ZoneFolder)
    zone.raw, zone.warehouse = tmp_path / "raw", tmp_path / "warehouse" / "w.duckdb"
    return zone


def _build(zone: ZoneFolder, *, full_refresh: bool = False) -> None:
    build(zone.warehouse, zone.warehouse.with_suffix(".dbt"), full_refresh=full_refresh)


def _reprice(zone: ZoneFolder, *words: str) -> int:
    return main(["reprice", *words, "--warehouse", str(zone.warehouse)])


def test_what_was_built_keeps_its_rates_until_they_are_applied_and_the_effect_is_shown_first(
    zone: ZoneFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse)]) == 0
    said = capsys.readouterr().out.splitlines()
    after = "changed for dates before 2026-03-02: `tallybook reprice` shows what it would change"
    assert f"Rates    1 row of rates.csv {after}" in said and f"Prices   1 row of prices.csv {after}" in said
    assert _reprice(zone) == 1
    assert "run tallybook build first" in capsys.readouterr().err
    _build(zone)
    assert zone.query(FACTS) == BUILT + NEW
    assert zone.query("select subject, amount from marts.mart_audit_exceptions order by all") == [
        ("directory/prices.csv", 1), ("directory/rates.csv", 1)
    ]  # fmt: skip

    everything = "select bit_xor(hash(t)) from {} as t"
    tables = ("lake.rates_in_force", "lake.prices_in_force", "lake.list_prices", "lake.loads", "lake.waiting_changes")
    before = [zone.query(everything.format(table)) for table in tables]
    assert _reprice(zone, "--json") == 0
    *lines, summary = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "Repriced nothing yet: 4 lines would change; tallybook reprice --apply does it",
        "Tenant Month Model Because of Credits Cost USD Of unknown cost",
        "t1 2026-03 m rates 9.000000 → 21.000000 4.000000 → 4.000000 0 → 0",
        "t1 2026-02 m contract prices 1.000000 → 1.000000 0.500000 → 3.000000 0 → 0",
        "t1 2026-03 m contract prices 21.000000 → 21.000000 4.000000 → 9.000000 0 → 0",
        "t1 2026-02 listed price list 0.000000 → 0.000000 1.000000 → 2.000000 0 → 0",
    ]
    shown = json.loads(summary)["effects"]
    assert [zone.query(everything.format(table)) for table in tables] == before and zone.query(FACTS) == BUILT + NEW
    assert [path.name for path in zone.warehouse.parent.iterdir() if "repricing" in path.name] == []

    assert _reprice(zone, "--apply", "--json") == 0
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert done["effects"] == shown and done["causes"] == ["rates", "contract prices", "price list"]
    assert zone.query(FACTS) == TAKEN + NEW
    assert zone.query(
        "select repricing_no, list_version, first_date, tenant_id, month, model_id, cause, credits_before::varchar, "
        "credits_after::varchar, cost_usd_before::varchar, cost_usd_after::varchar from audit.repricings order by all"
    ) == sorted(
        (1, "v2", None, *(effect[name] for name in ("tenant_id", "month", "model_id", "cause")),
         *(effect[side][name] for name in ("credits", "cost_usd") for side in ("before", "after")))
        for effect in shown
    )  # fmt: skip
    assert zone.query("from lake.waiting_changes") == zone.query("from marts.mart_audit_exceptions") == []
    assert _reprice(zone) == 0
    assert capsys.readouterr().out == "Repriced no figure would change\n"
    _build(zone, full_refresh=True)
    assert zone.query(FACTS) == TAKEN + NEW


def test_only_the_dates_asked_for_are_repriced(zone: ZoneFolder, capsys: pytest.CaptureFixture[str]) -> None:
    zone.load()
    _build(zone)
    found = preview(zone.warehouse, last=date(2026, 2, 28))
    assert {effect.month for effect in found.effects} == {"2026-02"}
    before = facts_of(zone.warehouse)
    assert _reprice(zone, "--apply", "--from", "2026-02-27", "--to", "2026-02-28") == 0
    assert zone.query(FACTS) == TAKEN[:2] + BUILT[2:] + NEW
    after = facts_of(zone.warehouse)
    assert {key for key in before if before[key] != after[key]} == {effect[:3] for effect in found.effects}
    assert zone.query("select distinct first_date, last_date from audit.repricings") == [
        (date(2026, 2, 27), date(2026, 2, 28))
    ]
    said = capsys.readouterr().out
    assert "Rates    1 row of rates.csv changed for dates before 2026-03-02" not in said
    assert zone.query("select file, before_date from lake.waiting_changes order by all") == [
        ("directory/prices.csv", date(2026, 3, 2)), ("directory/rates.csv", date(2026, 3, 2))
    ]  # fmt: skip


def test_a_full_refresh_keeps_what_is_in_force_and_a_first_build_takes_what_is_said(
    zone: ZoneFolder, tmp_path: Path
) -> None:
    zone.load(full_refresh=True)
    _build(zone)
    assert zone.query(FACTS) == BUILT + NEW
    zone.warehouse = tmp_path / "fresh" / "w.duckdb"
    zone.load()
    _build(zone)
    assert zone.query(FACTS) == TAKEN + NEW and zone.query("from lake.waiting_changes") == []


def test_effects_are_exact_sums_of_what_the_facts_say(zone: ZoneFolder) -> None:
    zone.load()
    _build(zone)
    found = preview(zone.warehouse)
    assert {type(figure) for effect in found.effects for figure in effect.after} == {Decimal, int}
    assert not found.is_applied and found.taken.causes == ("rates", "contract prices", "price list")
