"""The glossary says what the dbt project says, and every figure of a page leads to its meaning."""

import re
from pathlib import Path

import duckdb
import html5lib
import pytest
from declared_marts import declared

from site_builder.gather.meanings import Meaning, TableMeaning, read_meanings
from site_builder.glossary.page import figures
from site_builder.quality.page import CARDS as QUALITY_CARDS

LINK = re.compile(r'href="([^"#]*glossary/index\.html)#([^"]+)"')


def idents(path: Path) -> set[str]:
    return set(re.findall(r'\sid="([^"]*)"', path.read_text("utf-8")))


@pytest.mark.parametrize(
    "report", ["acme/monthly/2026-02", "all/monthly/2026-02", "acme/daily/2026-02-03", "all/quality"]
)
def test_every_link_into_the_glossary_finds_its_entry(small_site: Path, report: str) -> None:
    page = small_site / report / "index.html"
    found = {(page.parent / href, ident) for href, ident in LINK.findall(page.read_text("utf-8"))}
    assert len(found) > (20 if "/quality" not in report else 0)
    for target, ident in found:
        assert ident in idents(target.resolve()), ident
    cards = page.read_text("utf-8").count('<details class="behind">')
    assert page.read_text("utf-8").count('#figures">Glossary') == cards
    assert cards >= (len(QUALITY_CARDS) if "/daily/" not in report else 5)


def test_meanings_are_those_of_the_dbt_project(tiny_built: Path) -> None:
    with duckdb.connect(str(tiny_built / "w.duckdb"), read_only=True) as con:
        meanings = read_meanings(con)
    found = {figure.name: dict(figure.meanings) for figure in figures(meanings)}
    latency = (
        "Milliseconds from the request to the whole answer, as the log says; NULL for all but successful requests."
    )
    assert found["latency_ms"] == {latency: "mart_usage_events"}
    assert any("mart_tenant_daily" in tables for tables in found["usage_date"].values())
    assert {table.name for table in meanings} == {name for name in declared() if not name.startswith("fct_")}
    for table in meanings:
        node = declared()[table.name]
        texts = {column: " ".join(each["description"].split()) for column, each in node["columns"].items()}
        assert {column.name: column.text for column in table.columns} == {
            name: text.replace("`", "") for name, text in texts.items()
        }
        assert all(texts.values()) and table.text == " ".join(node["description"].split()).replace("`", "")
        assert list(table.keys) == node["config"]["meta"].get("primary_key", list(texts))


def test_a_tenant_reads_nothing_of_the_publishers_own(small_site: Path) -> None:
    own = (small_site / "acme/glossary/index.html").read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(own)
    assert "mart_margin_monthly" not in own and "mart_audit" not in own and "mart_credit_statement" in own
    assert "mart_margin_monthly" in (small_site / "all/glossary/index.html").read_text("utf-8")


def test_figures_of_cards_come_before_columns_of_focus() -> None:
    columns = [
        Meaning(name, "varchar", "text") for name in ("BilledCost", "credits", "AvailabilityZone", "active_users")
    ]
    listed = [TableMeaning("mart_a", "text", columns, ())]
    assert [figure.name for figure in figures(listed)] == ["active_users", "credits", "AvailabilityZone", "BilledCost"]
