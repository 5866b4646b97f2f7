"""Pages of items, teams and users come and go, and nothing that leads to them is restated or left in the void."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tiny_marts import cut_marts, without_printing

from site_builder.build import build_site
from site_builder.configuration.own_pages import EVERY, OwnPages
from site_builder.configuration.schema import DEFAULT
from site_builder.entities import make
from site_builder.files import manifest
from site_builder.files.links import broken_links
from site_builder.forgetting.forget import clear_site
from site_builder.forgetting.traces import Traces
from site_builder.pages import mentions

WEEK = "acme/weekly/2026-W06/index.html"
ONE_USER = replace(DEFAULT, pages=OwnPages({"item": 0, "team": 0, "user": 1}))


@pytest.fixture(scope="module")
def marts(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_marts(small_marts, tmp_path_factory.mktemp("tiny") / "w.duckdb")


@pytest.fixture(autouse=True)
def in_a_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    without_printing(monkeypatch)
    yield


@pytest.fixture(scope="module")
def whole(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        without_printing(patch)
        site = tmp_path_factory.mktemp("whole") / "site"
        build_site(marts, site)
    return site


def users_of(site: Path) -> set[str]:
    return {page.key for page in manifest.load(site).entities.values() if page.kind == "user"}


def users_linked(site: Path, page: str = WEEK) -> set[str]:
    return set(re.findall(r'<a href="[./]*/users/([^/"]*)/index.html"><bdi', (site / page).read_text("utf-8")))


def without_user(marts: Path, to: Path, user: str) -> Path:
    shutil.copy(marts, to)
    with duckdb.connect(str(to)) as con:
        tables = con.execute(
            "select table_name from duckdb_columns() where table_name like 'mart_%' and column_name = 'user_id' "
            "and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
        for (table,) in tables:
            con.execute(f"delete from marts.{table} where user_id = ?", [user])
    return to


def test_what_is_gone_from_the_marts_has_no_page_and_no_link_leads_there(
    marts: Path, whole: Path, tmp_path: Path
) -> None:
    site = Path(shutil.copytree(whole, tmp_path / "site"))
    gone = sorted(users_linked(site))[0]
    # As if nothing had changed, so that no report is looked at.
    done = build_site(without_user(marts, tmp_path / "w.duckdb", gone), site, changed={})
    assert done.reports == () and done.unchanged == 0
    assert users_of(site) == users_of(whole) - {gone}
    assert not (site / "acme/users" / gone).exists()
    assert all(not path.startswith(f"acme/users/{gone}/") for path in manifest.load(site).files)
    assert users_linked(site) == users_linked(whole) - {gone}
    assert broken_links(site) == [] and done.restated == ()
    before, after = manifest.load(whole).reports, manifest.load(site).reports
    assert {folder: report.revision for folder, report in after.items()} == {
        folder: report.revision for folder, report in before.items()
    }


def test_a_new_page_is_led_to_by_reports_that_nobody_makes_again(marts: Path, whole: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_site(marts, site, configuration=ONE_USER)
    assert users_of(site) == users_linked(site) and len(users_of(site)) == 1
    more = build_site(marts, site)
    assert more.reports == () and more.restated == ()
    assert users_linked(site) == users_linked(whole)
    pages = [path for path in manifest.load(site).files if path.endswith("index.html")]
    assert {path: (site / path).read_bytes() for path in pages} == {path: (whole / path).read_bytes() for path in pages}


def test_a_page_stays_when_others_have_become_larger(marts: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build_site(marts, site, configuration=ONE_USER)
    [first] = users_of(site)
    later = Path(shutil.copy(marts, tmp_path / "w.duckdb"))
    with duckdb.connect(str(later)) as con:
        con.execute("update marts.mart_user_daily set credits = credits + 1000 where user_id <> ?", [first])
    build_site(later, site, configuration=ONE_USER)
    assert first in users_of(site) and len(users_of(site)) == 2
    build_site(later, site, configuration=replace(ONE_USER, pages=OwnPages({"item": 1, "team": 0, "user": 1})))
    assert first not in users_of(site) and len(users_of(site)) == 1
    build_site(later, site, configuration=replace(ONE_USER, pages=OwnPages({"item": 0, "team": 0, "user": 0})))
    assert manifest.load(site).entities == {} and not (site / "acme/users").exists()
    assert broken_links(site) == []


def test_named_ones_and_all_tenants_together(marts: Path, tmp_path: Path) -> None:
    pages = OwnPages(
        {"item": ("item-1", "nobody"), "team": 0, "user": EVERY}, {"item": 2, "team": 0, "user": (("acme", "user-1"),)}
    )
    build_site(marts, tmp_path / "site", configuration=replace(DEFAULT, pages=pages))
    published = manifest.load(tmp_path / "site").entities
    assert [page.key for page in published.values() if (page.scope, page.kind) == ("acme", "item")] == ["item-1"]
    assert "all/users/p.-acme.-user-1" in published
    assert len([page for page in published.values() if (page.scope, page.kind) == ("all", "item")]) == 2
    with (tmp_path / "site/all/users/p.-acme.-user-1/data/kpis.csv").open(encoding="utf-8") as file:
        assert any(line.startswith("cost_usd,") for line in file)
    text = (tmp_path / "site/all/daily/2026-02-04/index.html").read_text("utf-8")
    assert 'href="../../users/p.-acme.-user-1/index.html"' in text
    assert broken_links(tmp_path / "site") == []


def test_what_fails_costs_one_page(marts: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compose = make.compose

    def fails(view: make.EntityView, css: bytes) -> make.EntityPage:
        if view.entity.key == "user-1":
            raise RuntimeError("no page of this one")
        return compose(view, css)

    monkeypatch.setattr(make, "compose", fails)
    done = build_site(marts, tmp_path / "new", workers=1)
    assert [failure.place for failure in done.failed] == ["acme/users/user-1"]
    assert users_of(tmp_path / "new") == users_of(whole) - {"user-1"}
    assert users_linked(tmp_path / "new") == users_linked(whole) - {"user-1"}
    assert broken_links(tmp_path / "new") == []
    # What was published stays.
    site = Path(shutil.copytree(whole, tmp_path / "site"))
    build_site(marts, site, workers=1)
    before = (whole / "acme/users/user-1/index.html").read_bytes()
    assert (site / "acme/users/user-1/index.html").read_bytes() == before and "user-1" in users_of(site)


def test_a_damaged_page_is_made_again(marts: Path, whole: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(whole, tmp_path / "site"))
    (site / "acme/users/user-1/data/kpis.csv").unlink()
    assert build_site(marts, site, changed={}).mended == 1
    kpis = "acme/users/user-1/data/kpis.csv"
    assert (site / kpis).read_bytes() == (whole / kpis).read_bytes()


def test_another_secret_moves_the_pages(marts: Path, whole: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(whole, tmp_path / "site"))
    build_site(marts, site, link_secret="hush")
    assert not (site / "acme").exists()
    assert {page.scope for page in manifest.load(site).entities.values()}.isdisjoint({"acme"})
    assert users_of(site) == users_of(whole) and broken_links(site) == []


def test_the_forgotten_have_no_page(whole: Path, tmp_path: Path) -> None:
    site = Path(shutil.copytree(whole, tmp_path / "site"))
    traces = Traces("acme", "user-1", ("Quokka user-1",), "person-0")
    mark = mentions.mark("user", "acme", "user-1")
    assert any(mark in path.read_text("utf-8") for path in site.rglob("*.html"))
    cleared = clear_site(site, traces, {}, lambda done, total: None)
    assert "acme/users/…/index.html" in cleared.files and "user-1" not in repr(cleared)
    assert not (site / "acme/users/user-1").exists() and users_of(site) == users_of(whole) - {"user-1"}
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert mark not in text and "users/user-1/" not in text, path
    assert [fault for fault in broken_links(site) if "/users/" in fault] == []
