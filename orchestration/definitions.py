"""Everything Dagster knows: read this to see what runs."""

from __future__ import annotations

import dagster as dg

from orchestration.defs import assets
from orchestration.defs.checks import checks
from orchestration.defs.jobs import refresh_job
from orchestration.defs.resources import OPTIONS_KEY, PIPELINE_KEY, RunOptions
from orchestration.defs.schedules import schedules
from orchestration.defs.sensors import landed_files_sensor
from orchestration.pipeline import Pipeline
from orchestration.settings import Settings


def definitions(pipeline: Pipeline) -> dg.Definitions:
    """The graph over one landing zone, warehouse and site."""
    return dg.Definitions(
        assets=[
            assets.landing_zone,
            assets.lake,
            assets.dbt_models,
            assets.report_site,
            *([assets.published_site] if pipeline.settings.publish_target else []),
            *([assets.mailed_digests(assets.newest_of(pipeline.settings))] if pipeline.settings.sends_mail else []),
            *([assets.told_alerts(assets.newest_of(pipeline.settings))] if pipeline.settings.tells_alerts else []),
        ],
        asset_checks=checks,
        jobs=[refresh_job],
        schedules=schedules(pipeline.settings),
        sensors=[landed_files_sensor(pipeline.settings)],
        resources={PIPELINE_KEY: pipeline, OPTIONS_KEY: RunOptions()},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The graph for `dagster dev` and the daemon, settings from the environment."""
    return definitions(Pipeline(Settings.from_env()))
