"""Reports of the golden landing zones: their figures, and the hostile names of `edge`."""

import csv
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import html5lib
import pytest
from pypdf import PdfReader

from site_builder.build import build_site
from site_builder.files.links import broken_links


@pytest.fixture(scope="module")
def edge_site(golden_marts: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("edge-site")
    build_site(golden_marts("edge"), site, first=date(2026, 11, 9), last=date(2026, 11, 13))
    return site


def test_credits_of_every_report_are_those_of_the_golden_tables(edge_site: Path, shared_dir: Path) -> None:
    expected = shared_dir / "golden/edge/expected/mart_tenant_daily.csv"
    with expected.open(encoding="utf-8", newline="") as file:
        days = [(row["tenant_id"], row["usage_date"], Decimal(row["credits"])) for row in csv.DictReader(file)]
    seen = 0
    for path in edge_site.glob("*/*/*/report.json"):
        page = json.loads(path.read_text("utf-8"))
        whole = sum(
            credits
            for tenant, day, credits in days
            if page["scope"] in ("all", tenant) and page["first_date"] <= day <= page["last_date"]
        )
        figures = dict(row[:2] for row in page["cards"]["kpis"]["rows"])
        assert Decimal(figures["credits"]) == whole, path
        seen += 1
    assert seen > 70


def test_pdfs_stand_whatever_the_names(edge_site: Path) -> None:
    pages = [len(PdfReader(path).pages) for path in edge_site.glob("*/*/*/report.pdf")]
    assert len(pages) >= 20 and set(pages) <= {2, 3, 4}


def test_hostile_names_break_neither_pages_nor_links(edge_site: Path) -> None:
    assert broken_links(edge_site) == []
    for path in [edge_site / "index.html", *edge_site.glob("*/index.html"), *edge_site.glob("*/monthly/*/index.html")]:
        text = path.read_text("utf-8")
        html5lib.HTMLParser(strict=True).parse(text)
        assert "<script" not in text and "<img" not in text and "<b>" not in text and "<i>" not in text
    for path in edge_site.glob("*/*/*/data/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                # A leading minus may only be a negative number.
                assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row), path
                assert all(float(cell) < 0 for cell in row if cell.startswith("-"))
