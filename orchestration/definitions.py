"""Everything Dagster knows: read this to see what runs."""

from __future__ import annotations

from collections.abc import Collection

import dagster as dg

from orchestration.defs import assets
from orchestration.defs.checks import checks
from orchestration.defs.dbt_models import sources_beside_the_lake
from orchestration.defs.embedding import DEFAULT, Embedding
from orchestration.defs.jobs import refresh_job
from orchestration.defs.resources import RunOptions
from orchestration.defs.schedules import SCHEDULES, schedule
from orchestration.defs.sensors import landed_files_sensor
from orchestration.defs.site_assets import site_assets
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings


def definitions(
    pipeline: Pipeline,
    embedding: Embedding = DEFAULT,
    *,
    schedules: Collection[str] = tuple(SCHEDULES),
    has_sensor: bool = True,
) -> dg.Definitions:
    """The graph over one landing zone, warehouse and site.

    Merged with a host's own definitions (`Definitions.merge`), neither takes anything of the other's: all names are the
    embedding's. schedules: which of SCHEDULES there are; has_sensor: whether there is the sensor of landed files. All
    are off until switched on. Nothing but the dbt manifest is read.
    """
    settings = pipeline.settings
    own = [
        assets.landing_zone(embedding),
        assets.lake(embedding),
        assets.dbt_models(embedding),
        *([assets.serving_file(embedding)] if settings.serving else []),
        *site_assets(settings, embedding),
    ]
    return dg.Definitions(
        assets=[*own, *sources_beside_the_lake(embedding)],
        asset_checks=checks(embedding),
        jobs=[refresh_job(embedding, own)],
        schedules=[schedule(name, settings, embedding) for name in schedules],
        sensors=[landed_files_sensor(settings, embedding)] if has_sensor else [],
        resources={embedding.named("pipeline"): pipeline, embedding.named("options"): RunOptions()},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The graph for `dagster dev` and the daemon, settings from the environment."""
    return definitions(Pipeline(Settings.from_env()))
