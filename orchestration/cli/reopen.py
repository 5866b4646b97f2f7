"""Undo the closing of a month and of all after it."""

from __future__ import annotations

import argparse
from itertools import chain

from orchestration.cli.months import (
    add_arguments,
    as_json,
    build,
    figures_now,
    names_of,
    outcome_after,
    pipeline_of,
    signature_of,
    table_of,
)
from orchestration.cli.outcomes import Outcome
from orchestration.closing.close import forget_reopened, reopen_month
from orchestration.closing.journal import month_name
from orchestration.keeping import keep
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock

__all__ = ["add_arguments", "obey"]


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Undo the closing of a month and of all after it: they are computed from all that arrived."""
    pipeline = pipeline_of(args, progress)
    with writer_lock(pipeline.settings.warehouse):
        months = reopen_month(pipeline.settings.warehouse, args.month, signature_of(args))
        before = figures_now(pipeline, months)
        build(pipeline)
        forget_reopened(pipeline.settings.warehouse)
        keep(pipeline.settings.warehouse)
        after = figures_now(pipeline, months)
    if not months:
        return outcome_after(pipeline, [f"Reopened nothing: {month_name(args.month)} is not closed"], ())
    rows = chain.from_iterable(
        (("as closed", closed), ("open", now)) for closed, now in zip(before, after, strict=True)
    )  # fmt: skip
    lines = [f"Reopened {names_of(months)}: computed again from all that arrived", *table_of(rows)]
    return outcome_after(pipeline, lines, months, {"figures_before": as_json(before), "figures": as_json(after)})
