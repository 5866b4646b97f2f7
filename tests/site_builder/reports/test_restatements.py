"""Late data: the next revision says what changed and why, the one before stays, and a report says how final it is."""

import csv
import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import html5lib
import pytest

from site_builder.build import build_site
from site_builder.configuration.schema import Configuration, ConfigurationError, read_configuration
from site_builder.files import manifest
from site_builder.files.links import broken_links
from site_builder.gather.audit import AuditFile
from site_builder.reports import restatements

pytestmark = pytest.mark.usefixtures("few_cards")

DAY, WEEK = "acme/daily/2026-02-03", "acme/weekly/2026-W06"
LATE = "usage/2026-03-06/late.jsonl"


class Shop:
    """A published site and the marts behind it, to which data can come late."""

    def __init__(self, marts: Path, site: Path) -> None:
        self.marts, self.site = marts, site

    def change(self, sql: str) -> None:
        with duckdb.connect(str(self.marts)) as con:
            con.execute(sql)

    def late(self, day: str = "2026-02-03", credits: str = "1.5", file: str = LATE, origin: str = "usage") -> None:
        """A file lands with one message of acme; of another `origin` its local date is not known."""
        local = f"date '{day}'" if origin == "usage" else "null"
        self.change(f"""
            update marts.mart_tenant_daily set requests = requests + 1, credits = credits + {credits}
            where tenant_id = 'acme' and usage_date = '{day}';
            insert into marts.mart_audit_files values ('usage', '{file}', '2026-03-06', '{file} 0123456789ab');
            insert into marts.mart_audit_event_files
            values ('{origin}', 'acme', date '{day}', {local}, '{file} 0123456789ab');
        """)

    def publish(self, day: date = date(2026, 2, 3)) -> set[str]:
        made = build_site(self.marts, self.site, changed={"acme": day}).reports
        assert broken_links(self.site) == []
        return {report.path for report in made}

    def report(self, folder: str) -> dict:
        return json.loads((self.site / folder / "report.json").read_text("utf-8"))

    def page(self, folder: str) -> str:
        text = (self.site / folder / "index.html").read_text("utf-8")
        html5lib.HTMLParser(strict=True).parse(text)
        return text

    def published(self) -> manifest.Manifest:
        return manifest.load(self.site)


@pytest.fixture
def shop(small_marts: Path, few_cards_site: Path, tmp_path: Path) -> Shop:
    marts = Path(shutil.copy(small_marts, tmp_path / "w.duckdb"))
    return Shop(marts, Path(shutil.copytree(few_cards_site, tmp_path / "site")))


def test_a_restated_report_says_what_changed_and_why(shop: Shop) -> None:
    before = shop.report(WEEK)
    credits = Decimal(before["cards"]["kpis"]["rows"][0][1])
    shop.late()
    assert f"{WEEK}/index.html" in shop.publish()
    after = shop.report(WEEK)
    assert (before["status"], before["revision"], before["restatements"]) == ("final", 1, [])
    assert (after["status"], after["revision"]) == ("restated", 2)
    [restated] = after["restatements"]
    changes = {each["figure"]: (each["before"], each["after"]) for each in restated["changes"]}
    assert changes["credits"] == (f"{credits}", f"{credits + Decimal('1.5')}")
    assert set(changes) == {"credits", "requests", "success_rate"}
    assert restated["files"] == [LATE]
    page = shop.page(WEEK)
    assert "restated, revision 2" in page and LATE in page and 'href="../2026-W06_r1/index.html"' in page
    with (shop.site / WEEK / "data/restatement.csv").open(encoding="utf-8", newline="") as file:
        assert [row["figure"] for row in csv.DictReader(file)] == list(changes)


def test_the_earlier_revision_stays_as_it_was(shop: Shop) -> None:
    names = [path.relative_to(shop.site / WEEK).as_posix() for path in (shop.site / WEEK).rglob("*") if path.is_file()]
    before = {name: (shop.site / WEEK / name).read_bytes() for name in names}
    shop.late()
    shop.publish()
    earlier = shop.site / f"{WEEK}_r1"
    for name, content in before.items():
        if name != "index.html":
            assert (earlier / name).read_bytes() == content, name
    page = shop.page(f"{WEEK}_r1")
    top = page.index("<body>") + len("<body>")
    assert page[top:].lstrip().startswith('<aside class="superseded" ')
    assert 'revision 1; its figures have been restated since. <a href="../2026-W06/index.html">' in page
    assert "<title>Superseded · Week 6, 2026" in page
    added = [line for line in page.splitlines() if line not in before["index.html"].decode().splitlines()]
    assert len(added) == 2
    files = shop.published().files
    assert all(files[f"{WEEK}_r1/{name}"].revision == 1 for name in names)
    assert all(files[f"{WEEK}/{name}"].revision == 2 for name in names)
    # And through later builds, restated again or not.
    shop.late(credits="2", file="usage/2026-03-07/later.jsonl")
    shop.publish()
    assert (earlier / "report.json").read_bytes() == before["report.json"]
    assert shop.report(f"{WEEK}_r2")["revision"] == 2 and shop.report(WEEK)["revision"] == 3
    assert [each["files"] for each in shop.report(WEEK)["restatements"]] == [[LATE], ["usage/2026-03-07/later.jsonl"]]
    assert shop.page(WEEK).count('">Revision ') == 2


def test_another_link_secret_takes_earlier_revisions_along(shop: Shop) -> None:
    shop.late()
    shop.publish()
    build_site(shop.marts, shop.site, link_secret="s3cret")
    [folder] = [scope.folder for scope in shop.published().scopes.values() if scope.tenant_id == "acme"]
    assert folder != "acme" and not (shop.site / "acme").exists()
    moved, earlier = WEEK.replace("acme", folder), f"{WEEK}_r1".replace("acme", folder)
    assert [shop.report(each)["revision"] for each in (moved, earlier)] == [2, 1]
    assert {path for path in shop.published().files if path.startswith(f"{earlier}/")} >= {f"{earlier}/index.html"}
    assert broken_links(shop.site) == []


def test_only_reports_whose_own_figures_changed_are_restated(shop: Shop) -> None:
    shop.late()
    shop.publish()
    restated = {report.folder for report in shop.published().reports.values() if report.revision > 1}
    assert restated == {
        f"{scope}/{report}"
        for scope in ("acme", "all")
        for report in ("daily/2026-02-03", "weekly/2026-W06", "monthly/2026-02", "quarterly/2026-Q1", "yearly/2026")
    } | {"acme/billing/2026-01-09"}
    # The week after compares itself with another week before: made again, and nothing of its own restated.
    assert shop.report("acme/weekly/2026-W07")["revision"] == 1


def test_a_build_says_which_reports_it_restated(shop: Shop) -> None:
    shop.late()
    made = build_site(shop.marts, shop.site, changed={"acme": date(2026, 2, 3)})
    assert f"{DAY}/index.html" in made.restated_now and len(made.restated_now) < len(made.reports)
    second = [each for each in shop.published().reports if shop.report(each)["revision"] == 2]
    assert set(made.restated_now) == {f"{each}/index.html" for each in second}
    assert build_site(shop.marts, shop.site, changed={"acme": date(2026, 2, 3)}).restated_now == ()


def test_another_builder_or_name_restates_nothing(shop: Shop) -> None:
    shop.change("update marts.dim_users set user_name = 'Renamed'; update marts.dim_tenants set seats = 999")
    assert build_site(shop.marts, shop.site).reports
    assert all(report.revision == 1 for report in shop.published().reports.values())
    assert not list(shop.site.rglob("*_r1"))


def test_a_running_report_that_grows_is_no_restatement(shop: Shop) -> None:
    shop.change("""
        insert into marts.mart_tenant_daily by name
        select * replace (date '2026-03-06' as usage_date) from marts.mart_tenant_daily
        where tenant_id = 'acme' and usage_date = '2026-03-05'
    """)
    shop.publish(date(2026, 3, 6))
    assert shop.report("acme/monthly/2026-03")["last_date"] == "2026-03-06"
    assert all(report.revision == 1 for report in shop.published().reports.values())


def test_what_takes_events_away_is_named_too(shop: Shop) -> None:
    shop.late(credits="-1", origin="superseding")
    shop.publish()
    assert shop.report(DAY)["restatements"][0]["files"] == [LATE]


def test_where_no_events_landed_the_directory_is_named(shop: Shop) -> None:
    shop.change("""
        update marts.mart_tenant_daily set credits = credits + 1 where tenant_id = 'acme' and usage_date = '2026-02-03';
        insert into marts.mart_audit_files
        values ('directory', 'directory/rates.csv', null, 'directory/rates.csv 00ff');
    """)
    shop.publish()
    assert shop.report(DAY)["restatements"][0]["files"] == ["directory/rates.csv"]
    shop.change("update marts.mart_tenant_daily set credits = credits + 1 where tenant_id = 'acme'")
    shop.publish()
    assert shop.report(DAY)["restatements"][1]["files"] == []
    assert "no new file; the same events are computed otherwise now" in shop.page(DAY)


def test_files_that_a_range_left_out_are_still_named_later(shop: Shop) -> None:
    shop.late()
    build_site(shop.marts, shop.site, first=date(2026, 2, 20), last=date(2026, 2, 20))
    assert shop.report(DAY)["revision"] == 1
    shop.publish()
    assert shop.report(DAY)["restatements"][0]["files"] == [LATE]


def test_a_crash_before_the_manifest_changes_nothing_in_the_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (shop.site / WEEK / "report.json").read_bytes()
    shop.late()
    with monkeypatch.context() as patch:
        patch.setattr("site_builder.pages.assembling.faulty_links", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            shop.publish()
    assert (shop.site / WEEK / "report.json").read_bytes() == before and not (shop.site / f"{WEEK}_r1").exists()
    shop.publish()
    assert (shop.site / f"{WEEK}_r1/report.json").read_bytes() == before
    assert shop.report(WEEK)["revision"] == 2


def test_the_quality_page_lists_every_restatement(shop: Shop) -> None:
    assert "No published report was restated" in shop.page("all/quality")
    shop.late()
    shop.publish()
    assert "11 reports restated" in shop.page("all/quality")
    with (shop.site / "all/quality/data/restatements.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reports = shop.published().reports.values()
    assert {row["files"] for row in rows} == {LATE}
    assert len(rows) == sum(len(each.changes) for report in reports for each in report.restatements) > 12


def test_a_report_is_provisional_until_late_data_are_not_expected_any_more(shop: Shop) -> None:
    # What landed last landed on 5 March: with 3 days to wait, dates up to 1 March are final.
    states = {day: shop.report(f"acme/daily/2026-03-{day:02d}")["status"] for day in (1, 2, 5)}
    assert states == {1: "final", 2: "provisional", 5: "provisional"}
    assert "provisional, to date, until 5 Mar 2026" in shop.page("acme/monthly/2026-03")
    shop.change("insert into marts.mart_audit_files values ('usage', 'usage/x', '2026-03-06', 'usage/x 00')")
    made = build_site(shop.marts, shop.site, changed={}).reports
    assert {report.period for report in made} == {"2026-03-02"}
    assert shop.report("acme/daily/2026-03-02")["status"] == "final"


def test_how_long_to_wait_is_a_setting_by_source(tmp_path: Path) -> None:
    files = [
        AuditFile("usage", date(2026, 3, 5), "a"),
        AuditFile("jobs", date(2026, 3, 9), "b"),
        AuditFile("directory", None, "c"),
    ]
    assert restatements.final_through(files, Configuration()) == date(2026, 3, 5)
    (tmp_path / "tallybook.toml").write_text("[final_after_days]\nusage = 10\n", encoding="utf-8")
    assert restatements.final_through(files, read_configuration(tmp_path / "tallybook.toml")) == date(2026, 2, 26)
    assert restatements.final_through([files[2]], Configuration()) is None
    # A source that the settings do not name waits as long as one that they could.
    assert restatements.final_through([AuditFile("other", date(2026, 3, 5), "d")], Configuration()) == date(2026, 3, 1)
    for wrong in ("usage = -1", "usage = true", "mail = 3"):
        (tmp_path / "tallybook.toml").write_text(f"[final_after_days]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(ConfigurationError, match="line 2: final_after_days"):
            read_configuration(tmp_path / "tallybook.toml")
