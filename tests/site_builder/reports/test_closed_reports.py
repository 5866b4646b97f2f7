"""Reports of closed months are made of what was kept: whatever is renamed, moved, priced, landed or revised since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration.building.build import build
from orchestration.checking.verify import verify
from orchestration.closing.close import close_month
from orchestration.closing.journal import Signature
from orchestration.closing.review import KINDS
from site_builder.build import build_site
from site_builder.configuration.roi import Roi
from site_builder.configuration.schema import Configuration
from site_builder.files import manifest
from site_builder.style.brand import Brand
from tests.orchestration.loading.zones import ZoneFolder, billing, job, usage
from tests.site_builder.published import rows
from tests.site_builder.tiny_marts import without_printing

OCTOBER = date(2026, 10, 1)
BILLED = {"period_start": "2026-10-01", "period_end": "2026-11-01", "due_on": "2026-11-20"}
Changed = tuple[ZoneFolder, Path, Mapping[str, bytes]]
MONTH, OPEN = "t1/monthly/2026-10", "t1/daily/2026-11-03"
DIRECTORY = {
    "tenants": "tenant_id,tenant_name,timezone,currency,credit_price,billing_mode,seats\n"
    "t1,One,UTC,EUR,0.5,postpaid,5\nt2,Not yet,UTC,EUR,,prepaid,9\n",
    "teams": "tenant_id,team_id,team_name,department\nt1,red,Red,Sales\n",
    "users": "tenant_id,user_id,user_name,team_id,signed_up_at\nt1,ana,Ana,red,2026-10-27T20:00:00\n"
    "t1,ben,Ben,red,2026-10-29T08:00:00\n",
    "items": "tenant_id,item_id,item_type,item_name,created_by,created_at\n"
    "t1,flow,workflow,Flow,ana,2026-10-28T20:00:00\n"
    "t1,idle,assistant,Idle,ben,2026-09-01T00:00:00\nt2,theirs,workflow,Theirs,tom,2026-10-28T20:00:00\n",
    "models": "model_id,model_name,provider,family\nm1,Model one,maker,fam\n",
    "rates": "model_id,valid_from,multiplier\nm1,2026-01-01,3\n",
    "prices": "model_id,valid_from,usd_per_m_input,usd_per_m_output\nm1,2026-01-01,5,5\n",
    "budgets": "tenant_id,scope,scope_id,month,credits\nt1,team,red,2026-10,50\n",
    "trainings": "tenant_id,user_id,training_id,training_name\nt1,ana,basics,The basics\n",
    "fx_rates": "date,currency,usd_per_unit\n2026-10-01,EUR,1.1\n",
}
CHANGED = {
    "tenants": "tenant_id,tenant_name,timezone,currency,credit_price,billing_mode,seats\n"
    "t1,Renamed Ltd,Pacific/Auckland,USD,9,prepaid,50\nt2,Renamed too,UTC,EUR,,prepaid,9\n",
    "teams": "tenant_id,team_id,team_name,department\nt1,red,Renamed red,Renamed\n",
    "users": "tenant_id,user_id,user_name,team_id,signed_up_at\nt1,ana,Renamed Ana,red,2026-10-26T20:00:00\n"
    "t1,ben,Renamed Ben,,2026-10-29T08:00:00\nt1,eve,Renamed Eve,,2026-10-30T08:00:00\n",
    "items": "tenant_id,item_id,item_type,item_name,created_by,created_at,retired_at\n"
    "t1,flow,app,Renamed flow,ben,2026-10-28T20:00:00,\n"
    "t1,idle,assistant,Renamed idle,ben,2026-09-01T00:00:00,2026-09-02T00:00:00\n"
    "t1,more,workflow,Renamed more,ben,2026-10-28T20:00:00,\nt2,theirs,workflow,Theirs,tom,2026-10-28T20:00:00,\n",
    "models": "model_id,model_name,provider,family\nm1,Renamed model,Renamed,Renamed\nm2,Renamed two,Renamed,Renamed\n",
    "rates": "model_id,valid_from,multiplier\nm1,2026-01-01,3\nm1,2026-10-28,300\nm2,2026-01-01,1\n",
    "prices": "model_id,valid_from,usd_per_m_input,usd_per_m_output\nm1,2026-01-01,5,5\nm1,2026-10-28,500,500\n",
    "credit_prices": "tenant_id,valid_from,credit_price,currency\nt1,2026-10-01,7,USD\n",
    "budgets": "tenant_id,scope,scope_id,month,credits\nt1,team,red,2026-10,5000\n",
    "trainings": "tenant_id,user_id,training_id,training_name,completed_at\n"
    "t1,ana,basics,Renamed basics,2026-10-30T08:00:00\nt1,ben,basics,Renamed basics,\n",
    "fx_rates": "date,currency,usd_per_unit\n2026-10-01,EUR,2.2\n",
}


def event(event_id: str, at: str, **fields: Any) -> dict[str, Any]:
    given = {"user_id": "ana", "item_id": "flow", "project_id": "p", "task_category": "drafting", "channel": "workflow"}
    tokens = {"input_tokens": 1000, "output_tokens": 500, "latency_ms": 900, "user_rating": 4}
    return usage(event_id, occurred_at=f"{at}:00Z", tags={"env": "prod"}, **given | tokens | fields)


def invoice(billing_id: str, at: str, **fields: Any) -> dict[str, Any]:
    return billing(billing_id, occurred_at=f"{at}:00Z", kind="invoice", **{"credits": None} | BILLED | fields)


def publish(zone: ZoneFolder, site: Path, name: str = "") -> None:
    zone.load()
    build(zone.warehouse, zone.warehouse.with_suffix(".dbt"))
    build_site(zone.warehouse, site, workers=1, configuration=Configuration(brand=Brand(name)))


def figures_of_closed(site: Path) -> Mapping[str, bytes]:
    """The bytes of report.json and of every CSV of closed reports, by path."""
    published = manifest.load(site)
    closed = [folder for folder, report in published.reports.items() if report.is_closed]
    wanted = [path for path in published.files for folder in closed if path.startswith(f"{folder}/")]
    return {path: (site / path).read_bytes() for path in wanted if path.endswith(("report.json", ".csv"))}


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """The zone and the site of today, and what the closed reports said before anything changed."""
    folder = tmp_path_factory.mktemp("closed_reports")
    zone, site = ZoneFolder(folder), folder / "site"
    for name, text in DIRECTORY.items():
        zone.directory(name, text)
    hours = [f"2026-10-{day}T{hour}" for day in (21, *range(26, 32)) for hour in ("10:00", "23:30")]
    events = [event(f"e{number}", at) for number, at in enumerate([*hours, "2026-11-02T10:00", "2026-11-03T10:00"])]
    zone.lines("usage/2026-11-03/a.jsonl", *events, event("run", "2026-10-30T11:00", event_type="run", credits=2))
    zone.lines("jobs/2026-11-03/a.jsonl", job("j", started_at="2026-10-30T10:00:00Z", credits=1))
    zone.lines(
        "billing/2026-11-03/a.jsonl",
        billing("b1", occurred_at="2026-10-26T09:00:00Z", credits=20, amount=10),
        invoice("b2", "2026-11-02T09:00", invoice_id="I-1", credits=80, amount="40.00", tax_amount="4.00"),
    )
    with pytest.MonkeyPatch.context() as patch:
        without_printing(patch)
        publish(zone, site)
        close_month(zone.warehouse, OCTOBER, Signature("Finance", "closed by a test"), accept=KINDS)
        publish(zone, site)
        before = figures_of_closed(site)
        for name, text in CHANGED.items():
            zone.directory(name, text)
        zone.lines(
            "usage/2026-11-04/late.jsonl",
            event("late", "2026-10-28T10:00", user_id="ben", model_id="m2"),
            event("e3", "2026-10-27T10:00", input_tokens=9, revision=1),
            event("new", "2026-11-03T11:00", user_id="eve"),
            event("first", "2026-11-03T11:00", tenant_id="t2"),
        )
        zone.lines("jobs/2026-11-04/late.jsonl", job("late", started_at="2026-10-30T10:00:00Z", credits=7))
        zone.lines(
            "billing/2026-11-04/late.jsonl",
            billing("b3", occurred_at="2026-10-27T09:00:00Z", credits=30, amount=15, currency="EUR"),
            invoice("b2", "2026-11-02T09:00", invoice_id="I-1", credits=90, amount="45.00", currency="USD", revision=1),
            invoice("b4", "2026-11-03T09:00", invoice_id="I-2", credits=5, amount="2.50"),
            billing(
                "b5", occurred_at="2026-11-03T10:00:00Z", kind="payment", invoice_id="I-1", amount=44, credits=None
            ),
        )
        publish(zone, site, name="Other brand")
    return zone, site, before


def test_a_closed_report_says_what_it_said(changed: Changed) -> None:
    _, site, before = changed
    after = figures_of_closed(site)
    assert before.keys() == after.keys()
    assert [path for path in before if before[path] != after[path]] == []
    published = manifest.load(site)
    closed = {folder for folder, report in published.reports.items() if report.is_closed}
    assert {"t1/monthly/2026-10", "all/monthly/2026-10", "t1/daily/2026-10-31", "t1/weekly/2026-W43"} <= closed
    assert {published.reports[folder].revision for folder in closed} == {1}
    pages = {folder: (site / folder / "index.html").read_text("utf-8") for folder in closed}
    assert [folder for folder, page in pages.items() if "Other brand" not in page] == []
    assert [folder for folder, page in pages.items() if "Renamed" in page or "Auckland" in page] == []


def test_a_closed_report_has_something_to_say(changed: Changed) -> None:
    _, site, _ = changed
    document = json.loads((site / MONTH / "report.json").read_bytes())
    assert (document["scope_name"], document["timezone"], document["is_closed"]) == ("One", "UTC", True)
    assert [(row["invoice_id"], row["status"]) for row in rows(site, MONTH, "invoices")] == [("I-1", "over_billed")]
    assert rows(site, MONTH, "trainings")[0]["completed"] == "0"
    assert {row["user_name"] for row in rows(site, MONTH, "power_builders")} == {"Ana"}
    assert {row["signed_up_on"] for row in rows(site, MONTH, "ttfv") if "signed_up_on" in row} <= {
        "2026-10-27", "2026-10-29",
    }  # fmt: skip


def test_what_is_open_shows_the_present(changed: Changed) -> None:
    _, site, _ = changed
    document = json.loads((site / OPEN / "report.json").read_bytes())
    assert (document["scope_name"], document["timezone"]) == ("Renamed Ltd", "Pacific/Auckland")
    # The week of both months ends in the open one.
    week = json.loads((site / "t1/weekly/2026-W44/report.json").read_bytes())
    assert week["scope_name"] == "Renamed Ltd"
    assert "Renamed flow" in {row["item_name"] for row in rows(site, "t1/weekly/2026-W44", "items")}


def test_an_invoice_that_came_too_late_is_of_the_open_month_and_payments_are_in_the_receivables(
    changed: Changed,
) -> None:
    zone, site, _ = changed
    assert [row["invoice_id"] for row in rows(site, "t1/monthly/2026-11", "invoices")] == ["I-2"]
    invoices = "select invoice_id, shown_on::varchar, invoiced_amount::double, currency, paid_amount::double"
    assert zone.query(f"{invoices} from marts.mart_invoice_reconciliation order by all") == [
        ("I-1", "2026-10-31", 40, "EUR", 0),
        ("I-2", "2026-11-01", 2.5, "USD", 0),
    ]
    # As revised and paid since.
    owed = "select currency, invoices, invoiced_amount::double, tax_amount::double, paid_amount::double"
    assert zone.query(f"{owed} from marts.mart_receivables") == [("USD", 2, 47.5, 0, 44)]


def test_another_configuration_leaves_closed_reports_alone(
    changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone, published, before = changed
    site = tmp_path / "site"
    shutil.copytree(published, site)
    without_printing(monkeypatch)
    roi = Roi(Decimal(60), "EUR", {"drafting": Decimal(5)})
    few = {("tenant", "daily"): ("kpis",), ("tenant", "weekly"): ("kpis", "users")}
    build_site(zone.warehouse, site, workers=1, configuration=Configuration(cards=few, roi=roi))
    assert figures_of_closed(site) == before
    assert rows(site, "t1/monthly/2026-11", "roi")
    assert {path.stem for path in (site / OPEN / "data").iterdir()} == {"kpis"}
    assert verify(site).faults == ()
