"""Shared places of the tests. The real logs and golden cases live outside the project; without them, tests skip."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]


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
