"""Pages in a real browser, from disk: no errors, no broken policy, nothing wider than the screen."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = (
    "index.html", "all/index.html", "all/monthly/2026-02/index.html", "acme/daily/2026-02-19/index.html",
    "x.-.41cme/weekly/2026-W07/index.html", "acme/explore/index.html", "all/explore/index.html",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900)])
def test_pages_open_clean_and_fit(browser: "Browser", small_site: Path, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.on("request", lambda request: said.append(request.url) if request.url.startswith("http") else None)
    for name in PAGES:
        page.goto((small_site / name).as_uri())
        if "/explore/" in name:
            page.locator("body[data-shown]").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate("getComputedStyle(document.body).fontVariantNumeric") == "tabular-nums", "no stylesheet"
    assert said == []
    context.close()


def test_the_lens_switches_without_script(browser: "Browser", small_site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((small_site / "acme/monthly/2026-02/index.html").as_uri())
    card = page.locator("#credit_trend")
    assert card.locator(".panel1 svg.wide").is_visible() and not card.locator(".panel3").is_visible()
    card.get_by_text("Messages by day", exact=True).first.click()
    assert card.locator(".panel3 svg.wide").is_visible() and not card.locator(".panel1").is_visible()
    context.close()


def test_paper_says_whose_report_it_is(browser: "Browser", small_site: Path) -> None:
    page = browser.new_page()
    page.goto((small_site / "acme/monthly/2026-02/index.html").as_uri())
    page.emulate_media(media="print")
    links = page.locator("header.top a")
    assert links.first.is_visible() and links.first.inner_text() == "Quokka Ltd"
    assert not links.last.is_visible()
    page.close()


def test_latest_leads_on_to_the_report(browser: "Browser", small_site: Path) -> None:
    page = browser.new_page()
    page.goto((small_site / "acme/latest/daily/index.html").as_uri())
    page.wait_for_url("**/acme/daily/2026-03-05/index.html")
    assert "Thursday, 5 March 2026" in page.locator(".kicker").inner_text()
    assert "credits, " in page.locator("h1").inner_text()
    page.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_long_saving_does_not_run_into_its_advice(browser: "Browser", small_site: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((small_site / "acme/monthly/2026-02/index.html").as_uri())
    wide = page.evaluate("""() => {
        const label = document.querySelector('#recommendations .notice .when');
        label.lastChild.textContent = ' 1 234.5 credits (123.45 USD) a month';
        return [label.scrollWidth, label.clientWidth];
    }""")
    assert wide[0] <= wide[1]
    page.close()
