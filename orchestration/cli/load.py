"""Landing zone → lake and audit."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import a_date, add_full_refresh, add_places, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.loading.zone.landing import FIRST_LANDED
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "raw", "warehouse")
    add_full_refresh(verb)
    verb.add_argument(
        "--admit", "--release", dest="admit", type=a_date, metavar="DATE", help="let a held-back landing date in"
    )
    verb.add_argument(
        "--landed-to",
        type=a_date,
        metavar="DATE",
        help="only what had landed by that date: the next load takes the rest, as if it came then",
    )


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Landing zone → lake and audit."""
    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    landed = (FIRST_LANDED, args.landed_to) if args.landed_to else None
    with writer_lock(settings.warehouse):
        pipeline.load(full_refresh=args.full_refresh, release=args.admit, landing_dates=landed)
    return outcome_of(pipeline)
