"""Fixtures of the loader's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orchestration.loading.zones import ZoneFolder


@pytest.fixture
def make_zone(tmp_path: Path) -> Callable[[str], ZoneFolder]:
    return lambda name: ZoneFolder(tmp_path / name)


@pytest.fixture
def zone(make_zone: Callable[[str], ZoneFolder]) -> ZoneFolder:
    return make_zone("zone")
