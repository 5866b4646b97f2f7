"""Brand and notation: on every page and PDF, in no CSV; numbers and dates as the CLDR writes them."""

import csv
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_builder.build import build_site
from site_builder.configuration.schema import Configuration, read_configuration
from site_builder.files.links import broken_links
from site_builder.pages.elements import Column, Table
from site_builder.planning import periods
from site_builder.planning.periods import Span
from site_builder.render import cells
from site_builder.render.columns import on_page
from site_builder.style.brand import contrast
from site_builder.words import formats, notation, phrases
from site_builder.words.notation import notation_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAY = date(2026, 11, 3)
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 2"><path d="M0 0h6v2H0z" fill="#7a1f5c"/></svg>'
SETTINGS = """
[brand]
name = "Example <Platform>"
logo = "logo.svg"
accent = "#7a1f5c"
accent_dark = "#f0a6d6"
chart = "#b0307f"
[format]
locale = "de-DE"
"""


@pytest.mark.parametrize(
    ("tag", "number", "percent", "day", "span", "month"),
    [
        ("", "−1,234,567.50", "12.3%", "3 Nov 2026", "3 – 9 Nov 2026", "November 2026"),
        ("de-DE", "−1.234.567,50", "12,3\u00a0%", "3.11.2026", "3.11.2026 – 9.11.2026", "11/2026"),
        ("en-US", "−1,234,567.50", "12.3%", "11/3/2026", "11/3/2026 – 11/9/2026", "11/2026"),
        ("en-IN", "−12,34,567.50", "12.3%", "3/11/2026", "3/11/2026 – 9/11/2026", "11/2026"),
        ("tr-TR", "−1.234.567,50", "%12,3", "03.11.2026", "03.11.2026 – 09.11.2026", "11/2026"),
        ("ja-JP", "−1,234,567.50", "12.3%", "2026/11/3", "2026/11/3 – 2026/11/9", "2026/11"),
        ("fa-IR", "−1,234,567.50", "12.3%", "2026/11/3", "2026/11/3 – 2026/11/9", "2026/11"),
    ],
)
def test_numbers_and_dates_are_those_of_the_locale(
    tag: str, number: str, percent: str, day: str, span: str, month: str
) -> None:
    with notation.using(notation_of(tag) if tag else notation.NO_LOCALE):
        assert formats.grouped(Decimal("-1234567.5"), 2).replace("\u202f", " ") == number
        assert formats.percent(12.34).replace("\u202f", " ") == percent
        assert periods.short_date(DAY) == day
        assert periods.range_text(Span(DAY, date(2026, 11, 9))) == span
        assert periods.month_text(DAY) == month
        assert cells.shown(DAY, Column("landing_date", "Landed")) == (day if tag else "2026-11-03")
        assert phrases.change_text(12.34).endswith(formats.percent(12.34))
    assert periods.short_date(DAY) == "3 Nov 2026"


def test_what_is_compared_shows_more_digits_and_counts_show_none() -> None:
    exact, total = Column("after", "Now", "exact"), Column("found", "Right", "sum")
    assert cells.shown(0.98628, exact) != cells.shown(0.98631, exact)
    assert cells.shown(Decimal("60.000000"), total) == "60"
    assert cells.shown(Decimal("32304.123400"), total) == "32,304.1234"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The grey that is known as the lightest one that may be read on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    folder = tmp_path_factory.mktemp("settings")
    (folder / "logo.svg").write_bytes(LOGO)
    (folder / "tallybook.toml").write_text(SETTINGS, encoding="utf-8")
    return read_configuration(folder / "tallybook.toml")


@pytest.fixture(scope="module")
def branded(small_marts: Path, configured: Configuration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("branded")
    build_site(small_marts, site, configuration=configured)
    return site


def test_every_page_shows_the_brand_from_its_own_folder(branded: Path) -> None:
    pages = sorted(branded.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text("utf-8")
        logo = re.search(r'<img src="([^"]+)" alt="" height="32"> <bdi>Example &lt;Platform&gt;</bdi></div>', text)
        assert logo, page
        assert (page.parent / logo[1]).read_bytes() == LOGO
        style = re.search(r'<link rel="stylesheet" href="([^"]+)"', text)
        assert style and "--accent: #7a1f5c;" in (page.parent / style[1]).read_text("utf-8")
    assert broken_links(branded) == []


def test_what_machines_read_is_the_same_as_without(branded: Path, small_site: Path) -> None:
    files = sorted(path.relative_to(small_site) for path in small_site.rglob("*.csv"))
    assert files == sorted(path.relative_to(branded) for path in branded.rglob("*.csv"))
    for file in files:
        ours, usual = (list(csv.DictReader((site / file).open(encoding="utf-8"))) for site in (branded, small_site))
        # The only columns that are sentences with numbers and dates in them.
        for row in (*ours, *usual):
            row.pop("evidence", None)
            row.pop("what", None)
        assert ours == usual, file


def test_the_pdf_is_signed_by_the_brand(branded: Path) -> None:
    pdf = (branded / "acme/monthly/2026-02/report.pdf").read_bytes()
    assert b"Example <Platform>" in pdf and b"Tallybook" not in pdf


def test_another_logo_is_published_anew_everywhere(small_marts: Path, branded: Path, tmp_path: Path) -> None:
    site = shutil.copytree(branded, tmp_path / "site")
    (tmp_path / "logo.svg").write_bytes(LOGO.replace(b"7a1f5c", b"00ff00"))
    (tmp_path / "tallybook.toml").write_text(SETTINGS, encoding="utf-8")
    again = build_site(small_marts, site, configuration=read_configuration(tmp_path / "tallybook.toml"), changed={})
    assert again.unchanged == 0 and again.reports
    page = (site / "acme/monthly/2026-02/index.html").read_text("utf-8")
    logo = re.search(r'<img src="([^"]+)" alt=""', page)
    assert logo and b"00ff00" in (site / "acme/monthly/2026-02" / logo[1]).read_bytes()
    assert broken_links(site) == []


def test_the_explorer_writes_numbers_alike(browser: "Browser", branded: Path) -> None:
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto((branded / "acme/explore/index.html").as_uri() + "#range=custom&from=2026-02-01&to=2026-02-28")
        page.locator("body[data-shown]").wait_for()
        shown = page.locator("#tiles .tile-value").all_text_contents()
    assert any(re.fullmatch(r"\d{1,3}(\.\d{3})*,\d\d", text) for text in shown), shown
    assert not any(re.search(r"\.\d\d$", text) for text in shown), shown


def test_the_cells_of_an_exact_column_have_as_many_decimals() -> None:
    table = Table(
        [Column("day", "Day"), Column("credits", "Credits", "exact")], [("a", Decimal("1.5")), ("b", Decimal("2.123"))]
    )
    [_, (place, column)] = on_page(table)
    assert [cells.shown(row[place], column) for row in table.rows] == ["1.500", "2.123"]
    assert cells.shown(Decimal("0.0004"), Column("cost_usd", "Cost", "usd")) == "<0.01"
