"""The explorer in a browser, and what it shows."""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Driver:
    """One page of it; `faults`: what the browser complained about."""

    def __init__(self, page: "Page", path: Path) -> None:
        self.page, self.address = page, path.as_uri()
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)

    def open(self, **state: str) -> None:
        """Open it with a state in its address."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}#{urlencode(state)}")
        self.page.locator("body[data-shown]").wait_for()

    def choose(self, name: str, label: str) -> None:
        """Choose an option by its words, as a reader would."""
        control = self.page.locator(f"[name={name}]")
        if control.evaluate("control => control.tagName") == "SELECT":
            self.after(lambda: control.select_option(label=label))
        else:
            control.fill(label)
            self.after(lambda: control.press("Tab"))

    def after(self, act: Callable[[], object]) -> None:
        """Do something that shows something else, and wait for it."""
        before = self.page.locator("body").get_attribute("data-shown")
        act()
        self.page.locator(f"body:not([data-shown='{before}'])").wait_for()

    def saved(self, button: str, folder: Path) -> Path:
        """What a button of `data-save` gives, in its own name."""
        with self.page.expect_download() as waiting:
            self.page.locator(f"[data-save='{button}']").click()
        path = folder / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    def csv(self, name: str, folder: Path) -> list[list[str]]:
        """The rows of a CSV, heads first."""
        with self.saved(f"{name}.csv", folder).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def figures(self) -> tuple:
        """(messages, failed, tokens, credits), exactly as shown."""
        found = {
            tile.get_attribute("data-figure"): tile.get_attribute("data-exact")
            for tile in self.page.locator(".tile-value").all()
        }
        return (
            int(found["requests"]),
            int(found["errors"]),
            int(found["tokens"]),
            Decimal(found["credits"]),
        )

    def table(self, ident: str) -> list[list[str]]:
        """The cells of a table, unfolded."""
        details = self.page.locator("details", has=self.page.locator(f"#{ident}"))
        if details.get_attribute("open") is None:
            details.locator("summary").click()
            self.page.locator(f"#{ident} thead").wait_for()
        # In one call: a month has 672 hours, and the browser is another process.
        cells = "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
        return self.page.locator(f"#{ident} tbody tr").evaluate_all(cells)
