"""All tenants in one card, the worst first, each a link away from its own report; the front page in the same order."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from site_builder.build import build_site
from site_builder.files import manifest
from tests.site_builder.published import document, rows

FEBRUARY = "all/monthly/2026-02"


def test_tenants_stand_by_alerts_and_add_up_to_all(small_site: Path) -> None:
    lines = rows(small_site, FEBRUARY, "tenants")
    assert list(document(small_site, FEBRUARY)["cards"])[:2] == ["kpis", "tenants"]
    urgency = [(-int(line["critical_alerts"]), -int(line["warning_alerts"])) for line in lines]
    assert urgency == sorted(urgency) and len(set(urgency)) > 1
    kpis = {row["figure"]: row["value"] for row in rows(small_site, FEBRUARY, "kpis")}
    for column, figure in (("credits", "credits"), ("spend_amount", "spend_amount"), ("requests", "requests")):
        assert sum(Decimal(line[column]) for line in lines) == Decimal(kpis[figure]), column
    pools: dict[str, Decimal] = {}
    for row in (line for line in rows(small_site, FEBRUARY, "balance") if line["pool"] in ("topup", "overdraft")):
        pools[row["tenant_id"]] = pools.get(row["tenant_id"], Decimal(0)) + Decimal(row["closing"])
    assert {line["tenant_id"]: Decimal(line["balance"]) for line in lines if line["balance"]} == pools


def test_every_mention_of_a_tenant_leads_to_its_report_of_the_same_period(small_site: Path) -> None:
    page = (small_site / FEBRUARY / "index.html").read_text("utf-8")
    assert page.count('<a href="../../../acme/monthly/2026-02/index.html"><bdi>Quokka Ltd</bdi></a>') > 5
    assert "../../../" not in (small_site / "acme/monthly/2026-02/index.html").read_text("utf-8")


def test_the_front_page_begins_with_whoever_needs_attention_most(small_site: Path) -> None:
    published = manifest.load(small_site)
    worst: dict[str, tuple[int, int]] = {}
    for folder in published.scopes:
        newest = {report.edition: report for report in published.of_scope(folder)}
        worst[folder] = max((report.critical_alerts, report.warning_alerts) for report in newest.values())
    front = (small_site / "index.html").read_text("utf-8")
    shown = re.findall(r'<h2><a href="([^"/]+)/index.html">', front)
    assert shown[0] == "all" and len(shown) == 4
    assert [worst[folder] for folder in shown[1:]] == sorted((worst[folder] for folder in shown[1:]), reverse=True)
    assert any(map(any, worst.values()))


def test_links_follow_renamed_folders(small_marts: Path, tmp_path: Path) -> None:
    site, day = tmp_path / "site", date(2026, 2, 10)
    build_site(small_marts, site, first=day, last=day)
    build_site(small_marts, site, first=day, last=day, changed={}, link_secret="another")
    page = (site / "all/daily/2026-02-10/index.html").read_text("utf-8")
    for folder in re.findall(r'href="../../../([^/"]+)/', page):
        assert (site / folder).is_dir(), folder
