"""A site whose reports have few cards: which reports are made again does not depend on what is on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from site_builder.build import build_site
from site_builder.cards import alerts, credit_trend, kpis, registry, users
from tests.sharing import once_per_run


@pytest.fixture(scope="module")
def few_cards() -> Iterator[None]:
    """Until the module ends, the usual cards of every edition are these."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "CARDS", (kpis.build, credit_trend.build, alerts.build, users.build))
        for name in ("ADVICE_CARDS", "ACCOUNT_CARDS", "RECEIVABLE_CARDS", "PUBLISHER_CARDS"):
            patch.setattr(registry, name, ())
        yield


@pytest.fixture(scope="module")
def few_cards_site(few_cards: None, small_marts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site of the small warehouse, in few cards; tests must not change it."""
    made = once_per_run(tmp_path_factory, "few-cards-site", lambda folder: build_site(small_marts, folder / "site"))
    return made / "site"
