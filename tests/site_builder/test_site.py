"""The site as a whole: what is in it, that it is true, and that it only changes when it must."""

import hashlib
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from site_builder.build import build_site
from site_builder.cards.registry import CARDS, cards_of
from site_builder.files.links import broken_links
from site_builder.files.urls import tenant_folder
from tests.site_builder.published import document, rows

CARD_NAMES = {
    "kpis", "credit_trend", "in_out", "breakdown", "heatmap", "models", "power_users", "power_builders",
    "leaderboard", "teams", "active_users", "tiers", "projects", "items", "top_assistants",
    "alerts", "budgets", "drivers", "causes",
    "ttfv", "trainings", "jobs", "balance", "statement", "tasks", "users", "phone", "latency", "efficiency", "errors",
    "job_runs", "tags",
}  # fmt: skip
PEOPLE_NAMES = {"people", "retention", "learners", "work_efficiency"}
ADVICE_NAMES = {"recommendations", "forecast", "unit_costs"}
ACCOUNT_NAMES = {"catalogue", "invoices"}
RECEIVABLE_NAMES = {"receivables"}
PUBLISHER_NAMES = {"margin"}
TENANT_NAMES = {"tenants"}
# Told in the currency of each report.
SPEND = ("spend_amount", "spend_currency")
# Of tenants, only where they may see it.
COST = ("cost_usd", "uncosted_requests")


def tree(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def as_text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def reports(site: Path) -> list[str]:
    return sorted(path.parent.relative_to(site).as_posix() for path in site.glob("*/*/*/report.json"))


def test_every_scope_has_every_day_week_and_month(small_site: Path) -> None:
    found = reports(small_site)
    assert {report.split("/")[0] for report in found} == {"all", "acme", "x.-.41cme", tenant_folder("zeta/../all")}
    # acme has dates 20 Jan to 5 Mar (45 days, 7 ISO weeks, 3 months); all ends with the first tenant to end, 4 Mar.
    assert [len([r for r in found if r.startswith(f"acme/{e}/")]) for e in ("daily", "weekly", "monthly")] == [45, 7, 3]
    long = [r for r in found if r.startswith("acme/") and r.split("/")[1] in ("billing", "quarterly", "yearly")]
    assert long == [f"acme/{r}" for r in (
        "billing/2026-01-09", "billing/2026-02-09", "billing/2026-03-02", "quarterly/2026-Q1", "yearly/2026",
    )]  # fmt: skip
    assert max(r for r in found if r.startswith("all/daily/")) == "all/daily/2026-03-04"
    for report in found:
        names = {path.stem for path in (small_site / report / "data").iterdir()}
        edition = report.split("/")[1]
        expected = CARD_NAMES | (set() if edition in ("daily", "billing") else ADVICE_NAMES)
        expected |= set() if edition == "daily" else PEOPLE_NAMES
        expected |= set() if edition in ("daily", "weekly") else ACCOUNT_NAMES
        expected |= RECEIVABLE_NAMES if edition == "monthly" else set()
        expected |= TENANT_NAMES if report.startswith("all/") else set()
        expected |= PUBLISHER_NAMES if report.startswith("all/monthly/") else set()
        assert names == expected == set(document(small_site, report)["cards"])
    assert len(CARDS) == len(CARD_NAMES)
    assert len(cards_of("custom")) == len(CARD_NAMES | ACCOUNT_NAMES | PEOPLE_NAMES)


def test_the_manifest_lists_every_file_as_it_is(small_site: Path) -> None:
    listed = {e["path"]: e for e in json.loads((small_site / "manifest.json").read_text("utf-8"))["files"]}
    present = tree(small_site)
    del present["manifest.json"]
    assert listed.keys() == present.keys()
    for path, content in present.items():
        assert (listed[path]["bytes"], listed[path]["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    entry = listed["acme/weekly/2026-W06/data/kpis.csv"]
    assert (entry["scope"], entry["edition"], entry["period"], entry["revision"]) == ("acme", "weekly", "2026-W06", 1)


def test_every_link_leads_somewhere_within_its_scope(small_site: Path, tmp_path: Path) -> None:
    assert broken_links(small_site) == []
    site = Path(shutil.copytree(small_site, tmp_path / "site"))
    page = site / "acme" / "index.html"
    page.write_text(page.read_text("utf-8").replace("daily/2026-02-01", "../all/daily/2026-02-01"), encoding="utf-8")
    (site / "all/weekly/2026-W06/report.json").unlink()
    faults = broken_links(site)
    assert any("out of the scope's folder" in fault and fault.startswith("acme/index.html") for fault in faults)
    assert any(fault == "all/weekly/2026-W06/index.html: report.json leads nowhere" for fault in faults)


def test_latest_leads_to_the_newest(small_site: Path) -> None:
    text = (small_site / "acme/latest/weekly/index.html").read_text("utf-8")
    assert 'content="0; url=../../weekly/2026-W10/index.html"' in text


def test_a_second_build_touches_nothing_and_a_fresh_one_gives_the_same_bytes(
    small_marts: Path, small_site: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(small_site, tmp_path / "again")
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    again = build_site(small_marts, site, workers=1)
    assert again.reports == () and again.unchanged == len(reports(small_site))
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == before
    seen: list[tuple[int, int]] = []
    build_site(small_marts, tmp_path / "one", workers=1, progress=lambda done, total: seen.append((done, total)))
    assert tree(tmp_path / "one") == tree(small_site)
    assert seen == [(n, len(seen)) for n in range(1, len(seen) + 1)]


def test_card_csvs_report_json_and_marts_agree_to_the_last_digit(small_marts: Path, small_site: Path) -> None:
    with duckdb.connect(str(small_marts), read_only=True) as con:
        for report in reports(small_site):
            page = document(small_site, report)
            for name, card in page["cards"].items():
                as_json = [[as_text(value) for value in row] for row in card["rows"]]
                as_csv = [list(row.values()) for row in rows(small_site, report, name)]
                undefused = [[cell[1:] if cell.startswith("'=") else cell for cell in row] for row in as_csv]
                assert undefused == as_json, (report, name)
            tenants = [page["scope"]] if page["scope"] != "all" else ["acme", "Acme", "zeta/../all"]
            expected = con.execute(
                "select coalesce(sum(credits), 0), coalesce(sum(requests), 0) from marts.mart_tenant_daily "
                "where list_contains(?, tenant_id) and usage_date between ? and ?",
                [tenants, page["first_date"], page["last_date"]],
            ).fetchone()
            figures = {row["figure"]: row["value"] for row in rows(small_site, report, "kpis")}
            assert (Decimal(figures["credits"]), int(figures["requests"])) == expected
            for card, column in (
                ("credit_trend", "credits"),
                ("heatmap", "credits"),
                ("teams", "credits"),
                ("users", "credits"),
                ("models", "credits"),
                ("breakdown", "credits"),
                ("in_out", "credits"),
            ):
                total = sum((Decimal(row[column]) for row in rows(small_site, report, card)), Decimal(0))
                assert total == Decimal(figures["credits"]), (report, card)


def test_the_tenants_pages_add_up_to_all(small_site: Path) -> None:
    folders = {report.split("/")[0] for report in reports(small_site)} - {"all"}
    for period in ("daily/2026-02-05", "daily/2026-01-21", "weekly/2026-W07", "monthly/2026-02"):
        whole = {row["figure"]: row["value"] for row in rows(small_site, f"all/{period}", "kpis")}
        parts: dict[str, Decimal] = {}
        for folder in folders:
            if (small_site / folder / period).exists():
                for row in rows(small_site, f"{folder}/{period}", "kpis"):
                    if row["figure"] not in ("success_rate", *SPEND) and row["value"]:
                        parts[row["figure"]] = parts.get(row["figure"], Decimal(0)) + Decimal(row["value"])
        told = {name: value for name, value in whole.items() if name not in ("success_rate", *SPEND, *COST) and value}
        assert parts == {name: Decimal(value) for name, value in told.items()}


def test_a_tenants_folder_holds_nothing_of_another(small_site: Path) -> None:
    words = {"acme": b"Quokka", "x.-.41cme": b"Wombat", tenant_folder("zeta/../all"): b"Numbat"}
    content = tree(small_site)
    for folder, word in words.items():
        own = [data for path, data in content.items() if path.startswith(f"{folder}/")]
        assert any(word in data for data in own)
        for other in set(words.values()) - {word}:
            assert not any(other in data for data in own)
        assert not any(b"All tenants" in data for data in own)


def test_a_day_without_usage_says_so_and_is_complete(small_site: Path) -> None:
    report = "acme/daily/2026-02-19"
    page = (small_site / report / "index.html").read_text("utf-8")
    assert document(small_site, report)["is_empty"] is True
    assert "No usage on Thursday, 19 February 2026" in page
    # Its page shows what the day changed, nothing of usage that was not there; its files are complete.
    shown = set(re.findall(r'<section class="card[^"]*" id="(\w+)"', page))
    assert {"kpis", "alerts", "drivers"} <= shown < CARD_NAMES and not shown & {"models", "users", "heatmap"}
    assert {path.stem for path in (small_site / report / "data").iterdir()} == CARD_NAMES
    assert {row["figure"]: row["value"] for row in rows(small_site, report, "kpis")}["credits"] == "0.000000"


def test_heat_map_and_trend_cover_the_period(small_site: Path) -> None:
    assert len(rows(small_site, "acme/weekly/2026-W06", "heatmap")) == 7 * 24
    assert len(rows(small_site, "acme/daily/2026-02-03", "credit_trend")) == 24
    trend = rows(small_site, "acme/weekly/2026-W10", "credit_trend")
    assert [row["usage_date"] for row in trend] == ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]
    assert [row["previous_usage_date"] for row in trend][0] == "2026-02-23"
    assert document(small_site, "acme/weekly/2026-W10")["is_to_date"] is True
    month = rows(small_site, "acme/monthly/2026-02", "credit_trend")
    assert [row["usage_date"] for row in month if row["is_high_usage_day"] == "true"] == ["2026-02-09"]


def test_items_count_by_the_local_date_of_their_making(small_site: Path) -> None:
    # Made at 20:00 UTC on the 10th, which is the 11th in Kolkata.
    assert rows(small_site, "acme/daily/2026-02-10", "power_builders") == []
    built = rows(small_site, "acme/daily/2026-02-11", "power_builders")
    assert [(row["user_id"], row["items_built"]) for row in built] == [("user-1", "5")]


def test_rankings_follow_their_order(small_marts: Path, small_site: Path) -> None:
    listed = [row["user_id"] for row in rows(small_site, "acme/monthly/2026-02", "power_users")]
    with duckdb.connect(str(small_marts), read_only=True) as con:
        expected = con.execute(
            "select user_id from marts.mart_user_daily where tenant_id = 'acme' and user_id <> '(none)' "
            "and usage_date between '2026-02-01' and '2026-02-28' group by user_id "
            "order by sum(credits) desc, sum(requests) desc, user_id"
        ).fetchall()
    assert listed == [user for (user,) in expected]
