"""Assets that report an observation where a run found nothing new, and a materialization where it made something.

Dagster knows of one way or the other for an asset, not for a run of it; and where an asset yields nothing, all that
stands on it is skipped, though there may be work for that.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import dagster as dg

_IS_NEW: ContextVar[bool] = ContextVar("is_new", default=True)
# Dagster's own tag of runs that are part of a backfill, which waits for materializations.
_BACKFILL = "dagster/backfill"
Result = TypeVar("Result")


class ObservingAssets(dg.AssetsDefinition):
    """Assets whose results, while `reported` says that nothing is new, are recorded as observations."""

    @property
    def execution_type(self) -> Any:
        """How what is yielded at the moment is recorded."""
        usual = super().execution_type
        return usual if _IS_NEW.get() else type(usual).OBSERVATION


def observing(assets: dg.AssetsDefinition) -> ObservingAssets:
    """The same assets, able to report observations."""
    made = copy.copy(assets)
    made.__class__ = ObservingAssets
    return made  # type: ignore[return-value]


def reported(context: Any, results: Iterable[Result], *, is_new: bool) -> Iterator[Result]:
    """The results of an asset, as observations where nothing is new."""
    for result in results:
        with _newness(is_new or _BACKFILL in context.run.tags):
            yield result


@contextmanager
def _newness(is_new: bool) -> Iterator[None]:
    token = _IS_NEW.set(is_new)
    try:
        yield
    finally:
        _IS_NEW.reset(token)
