"""`tallybook reprice`: estimated costs by the price list that is installed now."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import a_date, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "warehouse")
    verb.add_argument("--from", dest="first", type=a_date, metavar="DATE", help="first local date to price again")
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date to price again")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Price estimated events again by the installed price list; the marts then end where they ended."""
    from orchestration.building.build import built_to

    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pipeline.reprice(first=args.first, last=args.to)
        pipeline.build(to=built_to(settings.warehouse))
        pipeline.serve()
    return outcome_of(pipeline)
