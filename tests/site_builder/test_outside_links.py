"""The publisher's own links stand on every report, and nothing else leads out of the site."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from site_builder.build import build_site
from site_builder.configuration.schema import DEFAULT
from site_builder.files.links import broken_links

DAY = date(2026, 2, 10)
PORTAL = "https://platform.example/billing?a=1&b=2"


def test_reports_lead_to_the_publishers_own_pages_where_these_are_set(small_marts: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    done = build_site(
        small_marts, site, first=DAY, last=DAY, configuration=replace(DEFAULT, links={"Billing portal": PORTAL})
    )
    assert not done.failed and broken_links(site) == []
    page = site / "acme/daily/2026-02-10/index.html"
    text = page.read_text("utf-8")
    link = '<a rel="external noreferrer" href="https://platform.example/billing?a=1&amp;b=2">Billing portal</a>'
    assert link in text
    page.write_text(text.replace(link, '<a href="https://elsewhere.example/">x</a>'), encoding="utf-8")
    assert broken_links(site) == ["acme/daily/2026-02-10/index.html: https://elsewhere.example/ leads out of the site"]
