"""What each verb of the command does, and what it has to say about it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import TallybookError
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.settings import Settings
from orchestration.standing import Standing, standing
from orchestration.writer_lock import writer_lock

DONE, INCOMPLETE = 0, 3


@dataclass(frozen=True)
class Outcome:
    """What a verb reports: lines for stdout, warnings for stderr, the `--json` summary, and the exit code."""

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = DONE


def run(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Load, build and publish what is new; nothing at all where nothing is."""
    from orchestration.pending import pending_files
    from orchestration.reporting import is_published
    from orchestration.running import RunRequest, run_in_dagster

    settings = _settings(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pending = pending_files(settings)
        if not (pending.has_work or args.full_refresh or args.first) and is_published(settings, to=args.to):
            return _nothing_new(settings)
        dates = pending.landing_dates or _newest_landing_date(settings)
        run_in_dagster(pipeline, RunRequest(landing_dates=(min(dates), max(dates)), first=args.first, last=args.to,
                                            full_refresh=args.full_refresh))
    return _outcome(pipeline, standing(settings.warehouse))


def load(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Landing zone → lake and audit."""
    settings = _settings(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pipeline.load(full_refresh=args.full_refresh, release=args.release)
    return _outcome(pipeline, standing(settings.warehouse))


def build(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Lake → facts and marts."""
    settings = _settings(args)
    _require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.build(to=args.to, full_refresh=args.full_refresh)
    return _outcome(pipeline, standing(settings.warehouse))


def site(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Marts → report site."""
    settings = _settings(args)
    _require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.publish(first=args.first, last=args.to)
    return _outcome(pipeline, standing(settings.warehouse))


def check(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Reconcile warehouse and site."""
    from orchestration.checking import check as run_checks

    settings = _settings(args)
    _require_warehouse(settings)
    findings = run_checks(settings, progress)
    if findings.faults:
        raise TallybookError(f"{len(findings.faults)} of {findings.checks} checks failed: {'; '.join(findings.faults)}")
    return Outcome(lines=(f"Checked  {findings.checks} checks passed",), summary={"checks": findings.checks})


def generate(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A landing zone of any size."""
    from orchestration.generating.generate import generate as write_zone

    out = Path(args.out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TallybookError(f"{out} is not an empty folder; nothing was written")
    made = write_zone(out, tenants=args.tenants, days=args.days, events=args.events, seed=args.seed, end=args.end,
                      sample_stories=args.stories, progress=lambda done, total: progress("generate", done, total))
    return Outcome(lines=(f"Wrote    {made.events:,} events in {made.files:,} files to {out}",),
                   summary={"events": made.events, "files": made.files, "out": str(out)})


VERBS: Mapping[str, Callable[[argparse.Namespace, Progress], Outcome]] = {
    "run": run, "load": load, "build": build, "site": site, "check": check, "generate": generate,
}
