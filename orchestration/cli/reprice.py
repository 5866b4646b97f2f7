"""`tallybook reprice`: what present rates, contract prices and the installed list would change; `--apply` does it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from orchestration.cli.arguments import a_date, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.cli.tables import lines_of
from orchestration.loading.dated_rows import ONE_DAY
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.repricing.effects import Effect, Figures, Repricing, preview
from orchestration.writer_lock import writer_lock

_HEAD = ("Tenant", "Month", "Model", "Because of", "Credits", "", "", "Cost USD", "", "", "Of unknown cost", "", "")
_LEFT = (0, 1, 2, 3)


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "warehouse")
    verb.add_argument("--from", dest="first", type=a_date, metavar="DATE", help="first local date to price again")
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date to price again")
    verb.add_argument("--apply", action="store_true", help="do it; without it, what would change is only shown")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Show what repricing open dates would change, and with --apply do it; the marts then end where they ended."""
    settings = settings_of(args)
    require_warehouse(settings)
    if not args.apply:
        found = preview(settings.warehouse, first=args.first, last=args.to)
        return Outcome(lines=tuple(_lines(found, args.first)), summary=_summary(found))
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        done = pipeline.reprice(first=args.first, last=args.to)
        pipeline.serve()
    built = outcome_of(pipeline)
    return replace(built, lines=(*_lines(done, args.first), *built.lines), summary={**_summary(done), **built.summary})


def _lines(done: Repricing, asked_from: date | None) -> list[str]:
    lines = []
    if asked_from and asked_from < done.span.first:
        lines.append(f"Closed   dates up to {done.span.first - ONE_DAY} keep their rates and prices")
    if not done.effects:
        nothing = "no figure changed" if done.is_applied else "no figure would change"
        lines.append(f"Repriced {nothing}" + _hint(done))
        return lines
    what = f"{len(done.effects):,} lines" if len(done.effects) > 1 else "1 line"
    changed = f"{what} changed" if done.is_applied else f"nothing yet: {what} would change{_hint(done)}"
    lines.append(f"Repriced {changed}")
    return [*lines, *lines_of(_HEAD, map(_cells, done.effects), _LEFT)]


def _hint(done: Repricing) -> str:
    return "" if done.is_applied or not done.taken.causes else "; tallybook reprice --apply does it"


def _cells(effect: Effect) -> Sequence[str]:
    figures = zip(effect.before, effect.after, strict=True)
    return (*effect[:4], *(cell for pair in figures for cell in (f"{pair[0]:,}", "→", f"{pair[1]:,}")))


def _summary(done: Repricing) -> dict[str, Any]:
    return {
        "is_applied": done.is_applied,
        "effects": [
            {"tenant_id": effect.tenant_id, "month": effect.month, "model_id": effect.model_id, "cause": effect.cause,
             "before": _as_json(effect.before), "after": _as_json(effect.after)}
            for effect in done.effects
        ],
    }  # fmt: skip


def _as_json(figures: Figures) -> dict[str, Any]:
    return figures._asdict()
