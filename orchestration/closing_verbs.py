"""What `tallybook close` and `tallybook reopen` do, and what they have to say about it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from orchestration.building import built_to
from orchestration.closing import close_month, forget_reopened, reopen_month
from orchestration.closing_journal import month_name, next_month
from orchestration.keeping import keep
from orchestration.outcomes import Outcome, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.verbs import require_warehouse, settings_of
from orchestration.writer_lock import writer_lock


def close(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Freeze a month and all before it: what comes later for them is posted in the open month."""
    pipeline = _pipeline(args, progress)
    with writer_lock(pipeline.settings.warehouse):
        months = close_month(pipeline.settings.warehouse, args.month)
        keep(pipeline.settings.warehouse)
        _build(pipeline)
    if not months:
        return _outcome(pipeline, f"Closed   nothing: {month_name(args.month)} is closed already", months)
    first_open = next_month(months[-1])
    line = f"Closed   {_names(months)}: what comes late is posted from {first_open} on"
    return _outcome(pipeline, line, months)


def reopen(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Undo the closing of a month and of all after it: they are computed from all that arrived."""
    pipeline = _pipeline(args, progress)
    with writer_lock(pipeline.settings.warehouse):
        months = reopen_month(pipeline.settings.warehouse, args.month)
        _build(pipeline)
        forget_reopened(pipeline.settings.warehouse)
        keep(pipeline.settings.warehouse)
    if not months:
        return _outcome(pipeline, f"Reopened nothing: {month_name(args.month)} is not closed", months)
    return _outcome(pipeline, f"Reopened {_names(months)}: computed anew from all that arrived", months)


def _pipeline(args: argparse.Namespace, progress: Progress) -> Pipeline:
    settings = settings_of(args)
    require_warehouse(settings)
    return Pipeline(settings, progress)


def _build(pipeline: Pipeline) -> None:
    """Let the marts stand on the months as they are closed now, up to where they were shown before."""
    pipeline.build(to=built_to(pipeline.settings.warehouse))


def _outcome(pipeline: Pipeline, line: str, months: Sequence[date]) -> Outcome:
    built = outcome_of(pipeline)
    names = [month_name(month) for month in months]
    return replace(built, lines=(line, *built.lines), summary={"months": names, **built.summary})


def _names(months: Sequence[date]) -> str:
    return ", ".join(month_name(month) for month in months)


CLOSING_VERBS: Mapping[str, Callable[[argparse.Namespace, Progress], Outcome]] = {"close": close, "reopen": reopen}
