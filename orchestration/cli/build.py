"""Lake → facts and marts."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import (
    a_date,
    add_full_refresh,
    add_places,
    add_pseudonymize,
    require_warehouse,
    settings_of,
)
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "warehouse")
    add_full_refresh(verb)
    add_pseudonymize(verb)
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date the marts show")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Lake → facts and marts."""
    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.build(to=args.to, full_refresh=args.full_refresh)
    pipeline.serve()
    return outcome_of(pipeline)
