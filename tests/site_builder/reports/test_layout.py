"""Which cards a page shows, in which section, how wide, and which columns of their tables come first."""

from dataclasses import replace
from pathlib import Path

from site_builder.cards import registry
from site_builder.pages.elements import Card, Column, Table
from site_builder.render.columns import on_page
from site_builder.reports.layout import sections
from tests.site_builder.published import document, rows

NOTHING = Table((), [])
CARD = Card("models", "", "", "", NOTHING, "")


def named(*names: str, wide: str = "") -> list[Card]:
    return [replace(CARD, name=name, is_wide=name in wide.split()) for name in names]


def test_advice_comes_third_and_sections_in_their_order() -> None:
    found = sections(named("latency", "recommendations", "teams", "kpis", "unheard_of", "drivers", "alerts"))
    assert [(section.name, [card.name for card in section.cards]) for section in found] == [
        ("", ["kpis", "alerts", "recommendations"]), ("Money", ["drivers"]), ("Usage", ["unheard_of"]),
        ("People", ["teams"]), ("Quality", ["latency"]),
    ]  # fmt: skip


def test_every_card_has_a_section() -> None:
    known = {*registry.OPENING, *registry.SECTION_OF}
    assert set(registry.SECTION_OF.values()) <= set(registry.SECTIONS)
    assert not set(registry.OPENING) & set(registry.SECTION_OF)
    assert {"kpis", "alerts", "drivers", "latency", "teams"} <= known


def test_no_card_of_half_the_width_is_left_alone() -> None:
    [section] = sections(named("models", "tiers", "tasks", "credit_trend", "phone", wide="credit_trend"))
    widths = [(card.name, card.is_wide) for card in section.cards]
    assert widths == [
        ("models", False), ("tiers", False), ("tasks", True), ("credit_trend", True), ("phone", True),
    ]  # fmt: skip


def test_key_columns_follow_what_a_row_is_about() -> None:
    columns = [
        Column("entry_date", "Date"), Column("pool", "Pool"), Column("description", "What", "name"),
        Column("due_on", "Due"), Column("credits", "Credits", "amount"), Column("balance_after", "Balance", "exact"),
        Column("id", "Id", data_only=True),
    ]  # fmt: skip
    table = Table(columns, [("2026-02-01", "plan", "x", None, 1, 2, "y")])
    assert [column.name for _, column in on_page(table)] == [
        "entry_date", "credits", "balance_after", "pool", "description",
    ]  # fmt: skip
    assert [place for place, _ in on_page(table)] == [0, 4, 5, 1, 2]


def test_a_daily_shows_what_is_new_and_keeps_every_file(small_site: Path) -> None:
    report = "acme/daily/2026-02-10"
    page = (small_site / report / "index.html").read_text("utf-8")
    known = document(small_site, report)["cards"]
    shown = [name for name in known if f'id="{name}"' in page]
    assert {"kpis", "alerts", "budgets", "drivers", "causes", "credit_trend"} <= set(shown)
    assert "catalogue" not in shown and len(shown) < len(known) / 2
    assert {path.stem for path in (small_site / report / "data").iterdir()} == set(known)
    assert all(f'href="data/{name}.csv"' in page for name in known)
    week = (small_site / "acme/weekly/2026-W07/index.html").read_text("utf-8")
    assert all(f'id="{name}"' in week for name in document(small_site, "acme/weekly/2026-W07")["cards"])
    assert len(page) < 75_000 < len(week)


def test_a_daily_shows_the_statement_where_more_than_usage_stands_on_it(small_site: Path) -> None:
    found = {}
    for folder in (small_site / "acme/daily").iterdir():
        lines = rows(small_site, f"acme/daily/{folder.name}", "statement")
        came = {line["entry_type"] for line in lines} - {"opening", "closing", "spend"}
        found[folder.name] = bool(came), 'id="statement"' in (folder / "index.html").read_text("utf-8")
    assert set(found.values()) == {(True, True), (False, False)}


def test_five_tiles_stand_open_and_the_lines_lead_to_cards_of_the_page(small_site: Path) -> None:
    page = (small_site / "acme/weekly/2026-W07/index.html").read_text("utf-8")
    before, fold = page.split('<details class="more-tiles">')[:2]
    assert before.count('class="tile"') == 5 and fold.split("</details>")[0].count('class="tile"') == 10
    lead = page.split('<dl class="lines">')[1].split("</dl>")[0]
    assert lead.count("<dt>") == 3
    targets = [part.split('"')[0] for part in lead.split('href="#')[1:]]
    assert targets and all(f'id="{target}"' in page for target in targets)
