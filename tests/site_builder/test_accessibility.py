"""axe finds nothing on any kind of page, in either theme, with everything unfolded."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

PAGES = (
    "index.html", "all/index.html", "acme/index.html", "all/monthly/2026-02/index.html",
    "acme/weekly/2026-W07/index.html", "acme/daily/2026-02-03/index.html", "acme/daily/2026-02-19/index.html",
    "all/quality/index.html", "acme/explore/index.html", "all/explore/index.html", "all/glossary/index.html",
    "acme/data/index.html", "acme/latest/weekly/index.html", "acme/items/item-4/index.html",
    "x.-.41cme/users/user-1/index.html", "acme/teams/team-1/index.html", "acme/users/index.html",
)  # fmt: skip


def without_refresh(route: "Route") -> None:
    """Answer with the page, but for the line that leads on to another page while axe still reads this one."""
    page = Path(route.request.url.removeprefix("file://")).read_text(encoding="utf-8")
    route.fulfill(body=re.sub(r'<meta http-equiv="refresh"[^>]*>', "", page), content_type="text/html; charset=utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: "Browser", small_site: Path, name: str, scheme: str) -> None:
    # axe is a script that the page's own policy would refuse.
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.route("**/*.html", without_refresh)
        page.goto((small_site / name).as_uri())
        if "/explore/" in name:
            page.locator("body[data-shown]").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = Axe().run(page).response["violations"]
        assert page.url == (small_site / name).as_uri()
    assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
