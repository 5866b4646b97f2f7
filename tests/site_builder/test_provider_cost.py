"""What use cost the publisher at providers: no tenant's folder says it unless the configuration does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from site_builder.build import build_site
from site_builder.configuration.schema import DEFAULT
from site_builder.files import manifest

WORDS = ("cost_usd", "Known cost", "Cost known")
DAY = date(2026, 2, 10)


@pytest.fixture(scope="module")
def told(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of a site whose tenants may see it."""
    site = tmp_path_factory.mktemp("told") / "site"
    build_site(small_marts, site, first=DAY, last=DAY, configuration=replace(DEFAULT, tenants_see_cost=True))
    return site


def _where_it_is_said(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".csv", ".json"):
            found += [f"{path.name}: {word}" for word in WORDS if word in path.read_text("utf-8")]
        elif path.suffix == ".parquet":
            found += [f"{path.name}: {name}" for name in pq.read_schema(path).names if name in WORDS]
    return found


def test_no_file_of_a_tenant_says_what_its_use_cost_the_publisher(small_site: Path) -> None:
    assert _where_it_is_said(small_site / "acme") == []
    everybodys = _where_it_is_said(small_site / "all")
    for place in (
        "kpis.csv: cost_usd",
        "models.csv: cost_usd",
        "mart_model_daily.parquet: cost_usd",
        "report.json: cost_usd",
    ):
        assert place in everybodys
    figures = {report.scope: report.figures for report in manifest.load(small_site).reports.values()}
    assert "cost_usd" not in figures["acme"] and "cost_usd" in figures["all"]


def test_where_the_publisher_wants_it_tenants_see_it(told: Path) -> None:
    said = _where_it_is_said(told / "acme")
    for place in (
        "kpis.csv: cost_usd",
        "models.csv: cost_usd",
        "mart_model_daily.csv: cost_usd",
        "dictionary.csv: cost_usd",
    ):
        assert place in said
    kpis = json.loads((told / "acme/daily/2026-02-10/report.json").read_text("utf-8"))["cards"]["kpis"]["rows"]
    assert {row[0]: row[1] for row in kpis}["cost_usd"]
