"""A site whose reports have few cards: which reports are made again does not depend on what is on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.build import build_site
from tests.sharing import once_per_run


@pytest.fixture(scope="module")
def few_cards_site(few_cards: None, small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site of the small warehouse, in few cards; tests must not change it."""
    made = once_per_run(tmp_path_factory, "few-cards-site", lambda folder: build_site(small_marts, folder / "site"))
    return made / "site"
