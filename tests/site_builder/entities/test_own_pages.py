"""One page per item, team and user: their figures are the marts', and mentions lead to the pages that are there."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from site_builder.files import manifest, urls
from site_builder.files.links import broken_links
from site_builder.pages import mentions
from tests.site_builder.published import rows

TENANTS = ("acme", "Acme", "zeta/../all")
_LINKED = re.compile(r'<a href="([^"]*)"><bdi data-m="([\w-]+)">')
_NAMED = re.compile(r'<bdi data-m="([\w-]+)">')
_PARTS = {"models", "users", "teams", "items", "tasks", "projects", "breakdown"}


def own_rows(site: Path, folder: str, card: str) -> list[dict[str, str]]:
    return rows(site, folder, card)


def figures(site: Path, folder: str) -> dict[str, dict[str, str]]:
    return {row["figure"]: row for row in own_rows(site, folder, "kpis")}


def test_whatever_was_used_has_a_page_with_the_figures_of_the_marts(small_marts: Path, small_site: Path) -> None:
    published = manifest.load(small_site).entities
    with duckdb.connect(str(small_marts), read_only=True) as con:
        for kind in urls.KINDS:
            found = con.execute(f"""
                with ends as (select tenant_id, max(usage_date) as last from marts.mart_tenant_daily group by all)
                select tenant_id, {kind}_id, coalesce(sum(credits) filter (where usage_date > last - 28), 0),
                    coalesce(sum(credits) filter (where usage_date <= last - 28 and usage_date > last - 56), 0),
                    sum(credits), coalesce(sum(requests) filter (where usage_date > last - 28), 0), sum(errors),
                    count(distinct user_id) filter (where usage_date > last - 28 and user_id <> '(none)')
                from marts.mart_usage_daily inner join ends using (tenant_id)
                where {kind}_id <> '(none)' group by all
            """).fetchall()
            assert {(page.tenant_id, page.key) for page in published.values() if page.kind == kind} == {
                row[:2] for row in found
            }
            for tenant_id, key, now, before, ever, requests, errors, users in found:
                folder = urls.entity_folder(urls.tenant_folder(tenant_id), kind, tenant_id, key)
                shown = figures(small_site, folder)
                credits = shown["credits"]
                assert [Decimal(credits[name]) for name in ("value", "previous", "all_time")] == [now, before, ever]
                assert (int(shown["requests"]["value"]), int(shown["errors"]["all_time"])) == (requests, errors)
                assert kind == "user" or int(shown["active_users"]["value"]) == users
                assert "cost_usd" not in shown


def test_days_months_and_parts_add_up_to_the_key_figures(small_site: Path) -> None:
    for folder in manifest.load(small_site).entities:
        credits = figures(small_site, folder)["credits"]
        now, before, ever = (Decimal(credits[name]) for name in ("value", "previous", "all_time"))
        days = own_rows(small_site, folder, "credit_trend")
        assert sum(Decimal(day["credits"]) for day in days[-28:]) == now
        assert sum(Decimal(month["credits"]) for month in own_rows(small_site, folder, "months")) == ever
        assert sum(Decimal(hour["credits"]) for hour in own_rows(small_site, folder, "hours")) == now
        cards = {path.stem for path in (small_site / folder / "data").iterdir()} & _PARTS
        assert len(cards) >= 5
        for card in cards:
            parts = own_rows(small_site, folder, card)
            for column, whole in (("credits", now), ("previous_credits", before), ("all_time_credits", ever)):
                assert sum(Decimal(part[column]) for part in parts) == whole, (folder, card, column)
        changes = own_rows(small_site, folder, "drivers")
        for kind in {row["subject_type"] for row in changes}:
            moved = sum(Decimal(row["change_credits"]) for row in changes if row["subject_type"] == kind)
            assert moved == now - before


def test_response_times_are_exact_percentiles_of_the_single_messages(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        found = con.execute("""
            select quantile_cont(latency_ms, 0.5), quantile_cont(latency_ms, 0.95) from marts.mart_usage_events
            where tenant_id = 'acme' and item_id = 'item-1' and usage_date > date '2026-03-05' - 28
        """).fetchone()
    shown = figures(small_site, "acme/items/item-1")
    assert (float(shown["p50_ms"]["value"]), float(shown["p95_ms"]["value"])) == found


def test_alerts_of_a_thing_stand_on_its_page_with_their_excess(small_site: Path) -> None:
    runaways = [row for row in own_rows(small_site, "acme/items/item-4", "alerts") if row["kind"] == "runaway_item"]
    assert runaways and all(Decimal(row["excess"]) == 90 for row in runaways)
    page = (small_site / "acme/items/item-4/index.html").read_text("utf-8")
    assert "ran away" in page
    budget = own_rows(small_site, "acme/users/user-1", "budgets")
    assert [row["month"] for row in budget] == ["2026-03", "2026-02", "2026-01"]


@pytest.mark.parametrize("tenant_id", TENANTS)
def test_every_mention_of_what_has_a_page_leads_there_and_no_other_does(small_site: Path, tenant_id: str) -> None:
    scope = urls.tenant_folder(tenant_id)
    there = mentions.places(manifest.load(small_site).entities.values(), scope)
    seen = set()
    for path in (small_site / scope).rglob("index.html"):
        page, own = path.read_text("utf-8"), path.relative_to(small_site).as_posix()
        linked = {mark: href for href, mark in _LINKED.findall(page)}
        for mark in _NAMED.findall(page):
            if mark in there and there[mark] != own:
                assert linked[mark] == urls.relative(own, there[mark])
                seen.add(mark)
        assert all(mark in there for mark in linked)
    assert len(seen) > 8


def test_pages_of_all_tenants_lead_to_those_of_the_tenants(small_site: Path) -> None:
    page = (small_site / "all/monthly/2026-02/index.html").read_text("utf-8")
    hrefs = {href for href, _ in _LINKED.findall(page)}
    assert {href.split("/")[3] for href in hrefs} == {urls.tenant_folder(tenant_id) for tenant_id in TENANTS}
    assert broken_links(small_site) == []


def test_hostile_names_get_nowhere(small_site: Path) -> None:
    pages = list((small_site / urls.tenant_folder("Acme")).glob("*s/*/index.html"))
    assert len(pages) > 10
    for page in pages:
        text = page.read_text("utf-8")
        assert "<script>alert" not in text and "\u202e" not in text
    with (small_site / urls.tenant_folder("zeta/../all") / "users/data/users.csv").open(encoding="utf-8") as file:
        assert all(row["user_name"].startswith("'=Numbat") for row in csv.DictReader(file))


def test_lists_have_all_that_was_used_and_a_scope_leads_to_them(small_site: Path) -> None:
    index = (small_site / "acme/index.html").read_text("utf-8")
    for kind in urls.KINDS:
        assert f'href="{kind}s/index.html"' in index
        with (small_site / f"acme/{kind}s/data/{kind}s.csv").open(encoding="utf-8", newline="") as file:
            listed = list(csv.DictReader(file))
        amounts = [Decimal(row["credits"]) for row in listed]
        assert amounts == sorted(amounts, reverse=True)
        pages = [
            page for page in manifest.load(small_site).entities.values() if (page.scope, page.kind) == ("acme", kind)
        ]
        assert len(listed) == len(pages)
