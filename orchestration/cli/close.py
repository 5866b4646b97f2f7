"""Freeze a month and all before it."""

from __future__ import annotations

import argparse

from orchestration.cli.months import add_arguments, build, names_of, outcome_after, pipeline_of
from orchestration.cli.outcomes import Outcome
from orchestration.closing.close import close_month
from orchestration.closing.journal import month_name, next_month
from orchestration.keeping import keep
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock

__all__ = ["add_arguments", "obey"]


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Freeze a month and all before it: what comes later for them is posted in the open month."""
    pipeline = pipeline_of(args, progress)
    with writer_lock(pipeline.settings.warehouse):
        months = close_month(pipeline.settings.warehouse, args.month)
        keep(pipeline.settings.warehouse)
        build(pipeline)
    if not months:
        return outcome_after(pipeline, f"Closed   nothing: {month_name(args.month)} is closed already", months)
    first_open = next_month(months[-1])
    line = f"Closed   {names_of(months)}: what comes late is posted from {first_open} on"
    return outcome_after(pipeline, line, months)
