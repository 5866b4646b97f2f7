"""What each verb of the command does."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from orchestration.errors import TallybookError
from orchestration.keeping import set_aside_damaged
from orchestration.outcomes import Outcome, nothing_new, outcome_of
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.settings import Settings
from orchestration.writer_lock import writer_lock


def run(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Load, build and publish what is new; nothing at all where nothing is."""
    from orchestration.pending import newest_landing_date, pending_files
    from orchestration.reporting import is_current
    from orchestration.running import RunRequest, run_in_dagster

    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        # A load under way must find none: what comes before it reads the warehouse.
        aside = set_aside_damaged(settings.warehouse) if args.full_refresh else None
        pending = pending_files(settings)
        if not (pending.has_work or args.full_refresh or args.first) and is_current(settings, to=args.to):
            # What could not be published then is published now.
            if settings.publish_target:
                pipeline.release()
            if settings.sends_mail:
                pipeline.mail()
            if settings.tells_alerts:
                pipeline.alert()
            return nothing_new(pipeline, pending.outside)
        dates = pending.landing_dates or [newest_landing_date(settings.warehouse)]
        run_in_dagster(
            pipeline,
            RunRequest(
                landing_dates=(min(dates), max(dates)), first=args.first, last=args.to, full_refresh=args.full_refresh
            ),
        )
    outcome = outcome_of(pipeline)
    said = (f"Damaged  the warehouse was, and is now {aside}",) if aside else ()
    return replace(outcome, lines=(*said, *outcome.lines))


def load(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Landing zone → lake and audit."""
    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pipeline.load(full_refresh=args.full_refresh, release=args.release)
    return outcome_of(pipeline)


def build(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Lake → facts and marts."""
    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.build(to=args.to, full_refresh=args.full_refresh)
    return outcome_of(pipeline)


def site(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Marts → report site."""
    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    pipeline.publish(first=args.first, last=args.to, pdf=args.pdf)
    return outcome_of(pipeline)


def reprice(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Price estimated events anew by the installed price list; the marts then end where they ended."""
    from orchestration.building import built_to

    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pipeline.reprice(first=args.first, last=args.to)
        pipeline.build(to=built_to(settings.warehouse))
    return outcome_of(pipeline)


def export(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A mart as a file in another format."""
    from orchestration.checking import check_export
    from orchestration.exporting import export_focus, require_mart

    settings = settings_of(args)
    require_warehouse(settings)
    require_mart(settings.warehouse, args.version)
    check_export(settings)
    written = export_focus(
        settings.warehouse,
        Path(args.out or f"focus-{args.version}.{args.format}").absolute(),
        version=args.version,
        file_format=args.format,
        first=args.first,
        last=args.to,
    )
    return Outcome(
        lines=(f"Exported {written.rows:,} charges in FOCUS {args.version} to {written.path}",),
        summary={"rows": written.rows, "columns": written.columns, "out": str(written.path)},
    )


def generate(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A landing zone of any size."""
    from orchestration.generating.generate import generate as write_zone

    out = Path(args.out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TallybookError(f"{out} is not an empty folder; nothing was written")
    made = write_zone(
        out,
        tenants=args.tenants,
        days=args.days,
        events=args.events,
        seed=args.seed,
        end=args.end,
        sample_stories=args.stories,
        progress=lambda done, total: progress("generate", done, total),
    )
    return Outcome(
        lines=(f"Wrote    {made.events:,} events in {made.files:,} files to {out}",),
        summary={"events": made.events, "files": made.files, "out": str(out)},
    )


def settings_of(args: argparse.Namespace) -> Settings:
    """The places that the arguments name, or the environment."""
    return Settings.from_env(
        raw=getattr(args, "raw", None),
        warehouse=getattr(args, "warehouse", None),
        site=getattr(args, "site", None),
        config=getattr(args, "config", None),
        pseudonymize=getattr(args, "pseudonymize", None),
        needs_raw=hasattr(args, "raw"),
    )


def require_warehouse(settings: Settings) -> None:
    """Raise TallybookError where nothing was ever loaded."""
    if not settings.warehouse.exists():
        raise TallybookError(f"there is no warehouse at {settings.warehouse}; load one first: tallybook load")


VERBS: Mapping[str, Callable[[argparse.Namespace, Progress], Outcome]] = {
    "run": run,
    "load": load,
    "build": build,
    "reprice": reprice,
    "site": site,
    "export": export,
    "generate": generate,
}
