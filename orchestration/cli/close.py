"""Freeze a month and all before it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from orchestration.cli import months as common
from orchestration.cli.months import as_json, build, figures_now, names_of, outcome_after, pipeline_of, table_of
from orchestration.cli.outcomes import FAILED, Outcome
from orchestration.closing.close import BlockedError, close_month
from orchestration.closing.journal import month_name, next_month
from orchestration.closing.review import KINDS, Blocker
from orchestration.keeping import keep
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock


def add_arguments(verb: argparse.ArgumentParser) -> None:
    common.add_arguments(verb)
    verb.add_argument(
        "--accept",
        action="append",
        choices=KINDS,
        default=[],
        metavar="KIND",
        help=f"close although there are {', '.join(KINDS)}, and have the journal say which; may be repeated",
    )


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Freeze a month and all before it: what comes later for them is posted in the open month."""
    pipeline = pipeline_of(args, progress)
    with writer_lock(pipeline.settings.warehouse):
        try:
            done = close_month(
                pipeline.settings.warehouse, args.month, common.signature_of(args), accept=args.accept
            )  # fmt: skip
        except BlockedError as error:
            return _blocked(error)
        keep(pipeline.settings.warehouse)
        build(pipeline)
        figures = figures_now(pipeline, done.months)
    if not done.months:
        return outcome_after(pipeline, [f"Closed   nothing: {month_name(args.month)} is closed already"], ())
    first_open = next_month(done.months[-1])
    lines = [
        f"Closed   {names_of(done.months)}: what comes late is posted from {first_open} on",
        *table_of(("", month) for month in figures),
        *_named("Accepted", done.accepted),
    ]
    summary = {"figures": as_json(figures), "accepted": _as_json(done.accepted)}
    return outcome_after(pipeline, lines, done.months, summary)


def _blocked(error: BlockedError) -> Outcome:
    return Outcome(
        lines=tuple(_named("Blocked", error.blockers)),
        warnings=(error.what_to_do,),
        summary={"months": [], "blockers": _as_json(error.blockers), "error": error.what_to_do},
        exit_code=FAILED,
    )


def _named(word: str, blockers: Sequence[Blocker]) -> list[str]:
    return [f"{word:8} {month_name(blocker.month)} {blocker.kind}: {blocker.text}" for blocker in blockers]


def _as_json(blockers: Sequence[Blocker]) -> list[dict[str, str]]:
    return [
        {"kind": blocker.kind, "month": month_name(blocker.month), "what": blocker.text} for blocker in blockers
    ]  # fmt: skip
