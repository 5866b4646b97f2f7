"""What closing and reopening months have in common."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from orchestration.building.build import built_to
from orchestration.cli.arguments import a_month, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.closing.journal import month_name
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("month", type=a_month, metavar="MONTH", help="YYYY-MM")
    add_places(verb, "warehouse")


def pipeline_of(args: argparse.Namespace, progress: Progress) -> Pipeline:
    settings = settings_of(args)
    require_warehouse(settings)
    return Pipeline(settings, progress)


def build(pipeline: Pipeline) -> None:
    """Let the marts stand on the months as they are closed now, up to where they were shown before."""
    pipeline.build(to=built_to(pipeline.settings.warehouse))
    pipeline.serve()


def outcome_after(pipeline: Pipeline, line: str, months: Sequence[date]) -> Outcome:
    built = outcome_of(pipeline)
    names = [month_name(month) for month in months]
    return replace(built, lines=(line, *built.lines), summary={"months": names, **built.summary})


def names_of(months: Sequence[date]) -> str:
    return ", ".join(month_name(month) for month in months)
