"""The explorer of one tenant, opened in a browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from explorer_driver import Driver

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def acme(small_site: Path, browser: "Browser") -> Iterator[Driver]:
    with browser.new_context(accept_downloads=True) as context:
        yield Driver(context.new_page(), small_site / "acme/explore/index.html")
