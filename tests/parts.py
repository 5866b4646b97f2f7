"""Warehouses of which only a part is built: where a test reads few tables, the others cost most of its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from orchestration.building import build as building
from orchestration.building.dbt_runner import NodeResult


@contextmanager
def built_for(*models: str) -> Iterator[None]:
    """Until the block ends, a build makes these models, what they stand on, and the tests of those alone."""
    wanted = ["tenants_of_build", *models]  # the first one is what a build itself reads
    with _building("--select", *(f"+{model}" for model in wanted), "--indirect-selection", "cautious"):
        yield


@contextmanager
def built_untested() -> Iterator[None]:
    """Until the block ends, a build tests nothing: for one whose tables have to equal tested ones."""
    with _building("--exclude-resource-type", "test"):
        yield


@contextmanager
def _building(*options: str) -> Iterator[None]:
    run = building.run_dbt  # with the options of a block around this one

    def run_part(command: Sequence[str], **more: Any) -> list[NodeResult]:
        return run([*command, *options], **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "run_dbt", run_part)
        yield
