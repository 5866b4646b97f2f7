"""Starts a run when files have landed that no run has loaded yet."""

import dagster as dg

from orchestration.defs.embedding import Embedding
from orchestration.defs.partitions import landing_range_tags
from orchestration.defs.resources import run_config
from orchestration.pending import pending_files
from orchestration.settings import Settings


def landed_files_sensor(settings: Settings, embedding: Embedding) -> dg.SensorDefinition:
    """One run per new state of the landing zone, over the landing dates that have something new."""

    @dg.sensor(
        name=embedding.named("landed_files"),
        job_name=embedding.refresh,
        minimum_interval_seconds=300,
        description="New or changed files in the landing zone.",
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        pending = pending_files(settings)
        if not pending.landing_dates:
            return dg.SkipReason("nothing new has landed")
        dates = min(pending.landing_dates), max(pending.landing_dates)
        return dg.RunRequest(
            run_key=pending.fingerprint, run_config=run_config(embedding), tags=landing_range_tags(*dates)
        )

    return sensor
