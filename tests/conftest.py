"""Shared places of the tests. The real logs and golden cases live outside the project; without them, tests skip."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import counting, spreading
from tests.counting import pytest_sessionfinish as pytest_sessionfinish
from tests.counting import pytest_terminal_summary as pytest_terminal_summary
from tests.counting import pytest_testnodedown as pytest_testnodedown
from tests.sharing import once_per_run
from tests.spreading import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.spreading import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# It takes a second or two for each warehouse; tests of it switch it on.
os.environ.setdefault("TALLYBOOK_SERVING", "0")
PROJECT = Path(__file__).resolve().parents[1]
CHROMIUM = Path("/usr/bin/chromium")


def pytest_configure(config: pytest.Config) -> None:
    counting.pytest_configure(config)
    spreading.pytest_configure(config)


@pytest.fixture(scope="session")
def project_dir() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real logs and golden landing zones beside the checkout."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no real logs or golden cases: {folder.name}/ is not beside the checkout")
    return folder


@pytest.fixture(scope="session")
def tiny_zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated landing zone of two tenants and six days. Tests that change it copy it first."""
    from orchestration.generating.generate import generate

    def make(folder: Path) -> None:
        generate(folder / "zone", tenants=2, days=6, events=400, seed=7, end=date(2026, 11, 3))

    return once_per_run(tmp_path_factory, "tiny-zone", make) / "zone"


@pytest.fixture(scope="session")
def tiny_built(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `w.duckdb`, of the tiny zone, loaded and built. Tests that change it copy the folder."""
    from orchestration.building.build import build
    from orchestration.loading.load import load

    def make(folder: Path) -> None:
        load(str(tiny_zone), folder / "w.duckdb")
        build(folder / "w.duckdb", folder / "w.dbt")

    return once_per_run(tmp_path_factory, "tiny-built", make)


@pytest.fixture(scope="module")
def few_cards() -> Iterator[None]:
    """Until the module ends, the usual cards of every edition are few, no item, team or user has a page, and workbooks
    of data folders have headings alone. For tests whose point is not what stands on a page: most of a site is that.
    """
    from site_builder.cards import alerts, credit_trend, kpis, registry, users
    from site_builder.configuration import own_pages
    from site_builder.workbooks import of_data

    with pytest.MonkeyPatch.context() as patch:
        for kind in own_pages.USUAL.tenant:
            patch.setitem(own_pages.USUAL.tenant, kind, 0)
        patch.setattr(registry, "CARDS", (kpis.build, credit_trend.build, alerts.build, users.build))
        for name in ("ADVICE_CARDS", "ACCOUNT_CARDS", "RECEIVABLE_CARDS", "PUBLISHER_CARDS", "TENANT_CARDS"):
            patch.setattr(registry, name, ())
        patch.setattr(of_data, "MOST_ROWS", 0)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        path = CHROMIUM if CHROMIUM.exists() else None
        try:
            started = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox"])
        except Error as error:
            pytest.skip(f"no Chromium to open pages with: {error.message.splitlines()[0]}")
        yield started
        started.close()
