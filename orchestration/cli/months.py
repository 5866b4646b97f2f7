"""What closing and reopening months have in common."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from orchestration.building.build import built_to
from orchestration.cli.arguments import a_month, a_text, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome, outcome_of
from orchestration.cli.tables import lines_of
from orchestration.closing.journal import Signature, month_name
from orchestration.closing.review import MonthFigures, figures_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.warehouse import opened

_HEAD = ("Month", "", "Tenants", "Credits", "Cost USD", "Of unknown cost", "Invoices")
_LEFT = (0, 1, 6)


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("month", type=a_month, metavar="MONTH", help="YYYY-MM")
    verb.add_argument("--by", type=a_text, required=True, metavar="NAME", help="who does it; the journal keeps it")
    verb.add_argument("--note", type=a_text, required=True, metavar="TEXT", help="why; the journal keeps it")
    add_places(verb, "warehouse")


def pipeline_of(args: argparse.Namespace, progress: Progress) -> Pipeline:
    settings = settings_of(args)
    require_warehouse(settings)
    return Pipeline(settings, progress)


def signature_of(args: argparse.Namespace) -> Signature:
    return Signature(args.by, args.note)


def build(pipeline: Pipeline) -> None:
    """Let the marts stand on the months as they are closed now, up to where they were shown before."""
    pipeline.build(to=built_to(pipeline.settings.warehouse))
    pipeline.serve()


def figures_now(pipeline: Pipeline, months: Sequence[date]) -> list[MonthFigures]:
    """What the marts have of the months."""
    with opened(pipeline.settings.warehouse, read_only=True) as con:
        return figures_of(con, months)


def table_of(rows: Iterable[tuple[str, MonthFigures]]) -> list[str]:
    """The figures as lines, each with a word on which figures they are."""
    cells = [
        (month.month, word, f"{month.tenants:,}", f"{month.credits:,}", f"{month.cost_usd:,}",
         f"{month.uncosted_requests:,}", _invoices(month))
        for word, month in rows
    ]  # fmt: skip
    return lines_of(_HEAD, cells, _LEFT)


def outcome_after(
    pipeline: Pipeline, lines: Sequence[str], months: Sequence[date], summary: dict[str, Any] | None = None
) -> Outcome:  # fmt: skip
    built = outcome_of(pipeline)
    names = [month_name(month) for month in months]
    return replace(built, lines=(*lines, *built.lines), summary={"months": names, **(summary or {}), **built.summary})


def as_json(figures: Sequence[MonthFigures]) -> list[dict[str, Any]]:
    return [asdict(month) for month in figures]


def names_of(months: Sequence[date]) -> str:
    return ", ".join(month_name(month) for month in months)


def _invoices(month: MonthFigures) -> str:
    return ", ".join(f"{count:,} {status}" for status, count in month.invoices.items()) or "none"
