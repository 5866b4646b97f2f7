"""How a pipeline stands in a Dagster deployment that may hold other people's assets: every name that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import dagster as dg

from orchestration.pipeline import Pipeline

# New files land daily: a day and a half without any is worth a look, three days are worth a call.
_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=3), warn_window=timedelta(hours=36))


@dataclass(frozen=True)
class Embedding:
    """What is called how. name: begins the names of job, schedules, sensor, resources, ops and pool.

    key_prefix: what every asset key begins with; owners: of every asset, addresses or `team:…`. Two pipelines in one
    deployment need two names and two prefixes.
    """

    name: str = "tallybook"
    key_prefix: tuple[str, ...] = ()
    owners: tuple[str, ...] = ("team:tallybook",)

    def key(self, *path: str) -> dg.AssetKey:
        """An asset key."""
        return dg.AssetKey([*self.key_prefix, *path])

    def named(self, what: str) -> str:
        """The name of a job, a schedule, a sensor, a resource or an op."""
        return f"{self.name}_{what}"

    @property
    def refresh(self) -> str:
        """The job that does the whole way."""
        return self.named("refresh")

    @property
    def pool(self) -> str:
        """The concurrency pool of all that opens the warehouse, which has one writer: limit it to 1."""
        return self.named("warehouse")

    @property
    def resources(self) -> set[str]:
        """Keys of what assets and checks are given."""
        return {self.named("pipeline"), self.named("options")}

    @property
    def placed(self) -> dict[str, Any]:
        """What each asset has besides its own: its pool, and its resources."""
        return {"pool": self.pool, "required_resource_keys": self.resources}

    @property
    def described(self) -> Mapping[str, Any]:
        """What is said of each asset besides its own."""
        return {"owners": list(self.owners), "freshness_policy": _FRESHNESS}

    def pipeline(self, context: Any) -> Pipeline:
        """The pipeline that an asset or check is given."""
        return cast(Pipeline, getattr(context.resources, self.named("pipeline")))

    def options(self, context: Any) -> Any:
        """The RunOptions of the run that an asset is in."""
        return getattr(context.resources, self.named("options"))


DEFAULT = Embedding()
