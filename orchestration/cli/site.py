"""Marts → report site."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import add_dates, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "warehouse", "site", "config")
    add_dates(verb)
    verb.add_argument(
        "--pdf",
        action="append",
        default=[],
        choices=("daily", "custom"),
        help="make PDFs of these reports too, and keep them up to date; weekly and monthly ones always have one",
    )


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Marts → report site."""
    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.publish(first=args.first, last=args.to, pdf=args.pdf)
    return outcome_of(pipeline)
