"""One whole run, as a Dagster run in this process, so that the command line and the UI share one history."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from datetime import date
from typing import Any

from orchestration.defs.instance import prepare_home
from orchestration.errors import TallybookError
from orchestration.pipeline import Pipeline

# The console is the command's own.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


# How Python names an error of this project before what it says.
_OWN_ERROR = re.compile(r"^(?:orchestration|site_builder)\.[\w.]+: ")


class RunFailedError(TallybookError):
    """A step of a run failed."""


@dataclass(frozen=True)
class RunRequest:
    """What to run: landing dates to load, local dates to publish (None: what changed), and whether from scratch."""

    landing_dates: tuple[date, date]
    first: date | None = None
    last: date | None = None
    full_refresh: bool = False


def run_in_dagster(pipeline: Pipeline, request: RunRequest) -> str:
    """Execute the refresh job; its run id. The summaries are left in the pipeline.

    Raises RunFailedError with the step's name and reason.
    """
    # Dagster's notices about its own future are for its integrators, not for whoever runs this.
    warnings.filterwarnings("ignore", module="dagster")
    logging.getLogger("dagster").setLevel(logging.ERROR)
    from orchestration.definitions import definitions
    from orchestration.defs.embedding import DEFAULT
    from orchestration.defs.partitions import landing_range_tags
    from orchestration.defs.resources import run_config
    from orchestration.defs.run_history import open_history

    with open_history(prepare_home(pipeline.settings)) as instance:
        job = definitions(pipeline).resolve_job_def(DEFAULT.refresh)
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            tags=landing_range_tags(*request.landing_dates),
            run_config={
                **run_config(DEFAULT, first=request.first, last=request.last, full_refresh=request.full_refresh),
                **_QUIET,
            },
        )
    if not result.success:
        raise RunFailedError(_reason(result))
    return result.run_id


def _reason(result: object) -> str:
    for event in result.all_events:  # type: ignore[attr-defined]
        if event.is_step_failure:
            data = event.step_failure_data
            description = data.user_failure_data.description if data.user_failure_data else None
            return f"{event.step_key}: {' '.join((description or _said(data.error)).split())}"
    return f"run {result.run_id} failed"  # type: ignore[attr-defined]


def _said(error: Any) -> str:
    """What the first error of a chain says that is not Dagster's own: what it came of is for who mends the code."""
    while error.cause is not None and (error.cls_name == "RetryRequested" or error.cls_name.startswith("Dagster")):
        error = error.cause
    text = str(error.message)
    return _OWN_ERROR.sub("", text)
