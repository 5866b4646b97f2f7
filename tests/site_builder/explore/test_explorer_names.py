"""Who is called the same stays apart, and what has no bar of its own is among the others."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from explorer_driver import Driver

from site_builder.explore.page import put_explorers
from site_builder.files import urls
from site_builder.files.manifest import Manifest
from site_builder.files.write import draft_of
from site_builder.planning import scopes
from site_builder.planning.periods import Span
from site_builder.render import templating

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TENANTS = {"acme": "Weiß Optik", "Acme": "Acme & Söhne", "zeta/../all": "Zeta"}
# Not the marks of the period before.
BARS = "#parts .layer_0_marks path"
BILLING = (Span(date(2026, 1, 15), date(2026, 2, 14)), Span(date(2026, 2, 15), date(2026, 3, 14)))


@pytest.fixture(scope="module")
def marts(small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every team is Sales but for one, and so are two of acme's; everybody is Jo."""
    path = Path(shutil.copy(small_marts, tmp_path_factory.mktemp("names")))
    with duckdb.connect(str(path)) as con:
        con.execute("update marts.dim_teams set team_name = 'Sales' where tenant_id = 'acme' or team_id = 'team-0'")
        con.execute("update marts.dim_users set user_name = 'Jo'")
        for tenant_id, name in TENANTS.items():
            con.execute("update marts.dim_tenants set tenant_name = ? where tenant_id = ?", [name, tenant_id])
    return path


@pytest.fixture(scope="module")
def site(marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The explorers alone; acme is billed from the 15th on."""
    folder = tmp_path_factory.mktemp("explorers")
    with duckdb.connect(str(marts), read_only=True) as con:
        found = [
            replace(scope, billing=BILLING if scope.tenant_id == "acme" else ())
            for scope in scopes.read_scopes(con, None)
        ]
        with draft_of(folder) as draft:
            records = put_explorers(con, draft, Manifest(), Manifest(), found, (), [])
            css = templating.stylesheet()
            for scope in found:
                path = urls.asset(scope.folder, templating.STYLESHEET, css)
                records[path] = draft.put(path, css)
            draft.commit(Manifest(files=records))
    return folder


@pytest.fixture
def everyone(site: Path, browser: "Browser") -> Iterator[Driver]:
    with browser.new_context(accept_downloads=True) as context:
        yield Driver(context.new_page(), site / "all/explore/index.html")


def test_teams_of_the_same_name_have_bars_and_rows_of_their_own(everyone: Driver, marts: Path, tmp_path: Path) -> None:
    everyone.open(**{"from": "2026-02-02", "to": "2026-03-01", "split": "team"})
    rows = {row[0]: Decimal(row[2]) for row in everyone.table("parts-table")}
    assert {
        "Sales · Weiß Optik · team-0", "Sales · Weiß Optik · team-1", "Sales · Acme & Söhne", "Sales · Zeta",
    } < rows.keys()  # fmt: skip
    with duckdb.connect(str(marts), read_only=True) as con:
        expected = con.execute(
            "select tenant_id, team_id, sum(credits) from marts.mart_usage_daily "
            "where usage_date between '2026-02-02' and '2026-03-01' group by all order by all"
        ).fetchall()
    assert len(expected) == len(rows) == everyone.page.locator(BARS).count()
    heads, *found = everyone.csv("parts", tmp_path)
    assert heads[:3] == ["tenant_id", "team_id", "name"]
    assert sorted((row[0], row[1], Decimal(row[3])) for row in found) == expected
    zetas = next(credits for tenant, team, credits in expected if (tenant, team) == ("zeta/../all", "team-0"))
    everyone.choose("team", "Sales · Zeta")
    assert everyone.figures()[3] == zetas
    assert everyone.faults == []


def test_what_has_no_bar_of_its_own_is_among_the_others(everyone: Driver) -> None:
    everyone.open(**{"from": "2026-02-02", "to": "2026-03-01", "split": "user"})
    rows = everyone.table("parts-table")
    assert len(rows) == len({row[0] for row in rows}) == 24
    bars = everyone.page.locator(BARS)
    assert bars.count() == 13
    bars.last.hover()
    told = everyone.page.locator("#vg-tooltip-element.visible").inner_text()
    rest = sum(Decimal(row[2]) for row in rows[12:])
    assert "12 others" in told and f"{rest:.2f}" in told.replace(",", "")


def test_parts_that_no_tag_tells_apart_are_not_lost(everyone: Driver) -> None:
    everyone.open(**{"from": "2026-02-02", "to": "2026-03-01"})
    whole = everyone.figures()[3]
    everyone.choose("split", "Tag cost_center")
    rows = everyone.table("parts-table")
    assert rows[-1][0] == "Without this tag" and Decimal(rows[-1][2]) > 0
    assert sum(Decimal(row[2]) for row in rows) == whole


def test_before_a_tenants_first_usage_nothing_is_known(everyone: Driver) -> None:
    everyone.open(**{"from": "2026-01-24", "to": "2026-01-28", "tenant": "zeta/../all"})
    assert [row[1] == "" for row in everyone.table("trend-table")] == [True, True, False, False, False]
    assert "data run from 2026-01-26" in (everyone.page.locator("#note").text_content() or "")


def test_billing_periods_are_a_tenants_own(everyone: Driver) -> None:
    everyone.open()
    offered = everyone.page.locator("[name=range] option[value$=billing]:not([disabled])")
    assert offered.count() == 0
    for tenant, label, dates in (
        ("acme", "This billing period", "2026-02-15 – 2026-03-04"),
        ("acme", "Last billing period", "2026-01-15 – 2026-02-14"),
        ("Acme", "Last billing period", "2026-02-01 – 2026-02-28"),
    ):  # fmt: skip
        everyone.open(tenant=tenant)
        everyone.choose("range", label)
        assert (everyone.page.locator("#period").text_content() or "").startswith(dates)
