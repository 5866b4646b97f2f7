"""Landing zone → lake and audit."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import a_date, add_full_refresh, add_places, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "raw", "warehouse")
    add_full_refresh(verb)
    verb.add_argument(
        "--admit", "--release", dest="admit", type=a_date, metavar="DATE", help="let a held-back landing date in"
    )


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Landing zone → lake and audit."""
    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pipeline.load(full_refresh=args.full_refresh, release=args.admit)
    return outcome_of(pipeline)
