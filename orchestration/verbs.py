"""What each verb of the command does, and what it has to say about it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import TallybookError
from orchestration.findings import findings
from orchestration.pipeline import Pipeline
from orchestration.pricing.notices import outdated_list, repriced
from orchestration.progress import Progress
from orchestration.settings import Settings
from orchestration.standing import Standing, standing
from orchestration.writer_lock import writer_lock

DONE, FAILED, INCOMPLETE = 0, 1, 3


@dataclass(frozen=True)
class Outcome:
    """What a verb reports: lines for stdout, warnings for stderr, the `--json` summary, and the exit code."""

    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    exit_code: int = DONE


def run(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Load, build and publish what is new; nothing at all where nothing is."""
    from orchestration.pending import newest_landing_date, pending_files
    from orchestration.reporting import is_current
    from orchestration.running import RunRequest, run_in_dagster

    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        pending = pending_files(settings)
        if not (pending.has_work or args.full_refresh or args.first) and is_current(settings, to=args.to):
            # What could not be published then is published now.
            if settings.publish_target:
                pipeline.release()
            if settings.sends_mail:
                pipeline.mail()
            if settings.tells_alerts:
                pipeline.alert()
            return _nothing_new(pipeline, pending.outside)
        dates = pending.landing_dates or [newest_landing_date(settings.warehouse)]
        run_in_dagster(
            pipeline,
            RunRequest(
                landing_dates=(min(dates), max(dates)), first=args.first, last=args.to, full_refresh=args.full_refresh
            ),
        )
    return outcome_of(pipeline)


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


def _nothing_new(pipeline: Pipeline, outside: Sequence[str]) -> Outcome:
    now = standing(pipeline.settings.warehouse)
    index = pipeline.settings.site / "index.html"
    released = pipeline.released
    more = (released.said(str(pipeline.settings.publish_target)),) if released and released.sent else ()
    return Outcome(
        lines=(f"Nothing new: {now.files:,} files are loaded, built and published in {index}", *more),
        warnings=_warnings(now, outside),
        summary={"reports": [], "dates": [], "site": str(index)},
        exit_code=_exit_code(now, outside),
    )


def outcome_of(pipeline: Pipeline) -> Outcome:
    """What the steps that ran have to say, and how the landing zone stands after them."""
    now = standing(pipeline.settings.warehouse)
    loaded, built, published = pipeline.loaded, pipeline.built, pipeline.published
    outside = (*loaded.files_outside, *loaded.files_unknown) if loaded else ()
    odd: tuple[str, ...] = ()
    lines: list[str] = []
    summary: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    if loaded:
        lines.append(
            f"Loaded   {loaded.files_loaded:,} new files, {loaded.rows_read:,} rows: {loaded.accepted:,} accepted, "
            f"{loaded.duplicates:,} duplicates, {loaded.quarantined:,} quarantined"
        )
        lines += [f"Vanished {path}: what it gave stays until --full-refresh" for path in loaded.files_vanished]
        summary |= {name: getattr(loaded, name) for name in _COUNTS}
        seconds |= {f"load.{step}": value for step, value in loaded.seconds_by_step.items()}
        lines += outdated_list(pipeline.settings.warehouse)
    if pipeline.repriced:
        lines.append(repriced(pipeline.repriced))
        summary |= asdict(pipeline.repriced)
    if built:
        lines.append(
            f"Built    {built.models} models, {built.tests} tests passed in {built.seconds:.1f} s"
            if built.is_built
            else "Built    nothing: the marts are up to date"
        )
        seconds["build"] = built.seconds
        odd = findings(pipeline.settings.warehouse)
    if published:
        dates = sorted(published.dates)
        span = f" for {dates[0]} … {dates[-1]}" if dates else ""
        lines.append(f"Site     {len(published.reports):,} reports{span} in {pipeline.settings.site / 'index.html'}")
        if published.kept:
            lines.append(f"Kept     {len(published.kept):,} published reports that reach beyond the last date shown")
        summary |= {
            "reports": [report.path for report in published.reports],
            "dates": [str(day) for day in dates],
            "site": str(pipeline.settings.site / "index.html"),
        }
        seconds |= {f"site.{step}": value for step, value in published.seconds_by_step.items()}
    if pipeline.released:
        lines.append(pipeline.released.said(str(pipeline.settings.publish_target)))
        summary |= {"release": pipeline.released.release, "files_sent": pipeline.released.sent}
    if pipeline.mailed:
        lines.append(f"Mailed   {len(pipeline.mailed.sent):,} digests; {pipeline.mailed.before:,} had gone out before")
        summary |= {"mailed": len(pipeline.mailed.sent)}
    return Outcome(
        lines=tuple(lines),
        warnings=(*_warnings(now, outside), *odd),
        exit_code=_exit_code(now, outside),
        summary=summary | {"seconds": seconds},
    )


def _warnings(now: Standing, outside: Sequence[str]) -> tuple[str, ...]:
    return (
        *(f"{path} lies in no source's landing date and was not read" for path in outside),
        *(f"{path} is unreadable and quarantined whole" for path in now.unreadable),
        *(
            f"landing date {day} is held back: too many bad rows; after a look at audit.quarantine release it with "
            f"tallybook load --release {day}"
            for day in now.held_dates
        ),
    )


def _exit_code(now: Standing, outside: Sequence[str]) -> int:
    return DONE if now.is_complete and not outside else INCOMPLETE


_COUNTS = ("files_loaded", "rows_read", "accepted", "duplicates", "quarantined")
VERBS: Mapping[str, Callable[[argparse.Namespace, Progress], Outcome]] = {
    "run": run,
    "load": load,
    "build": build,
    "reprice": reprice,
    "site": site,
    "export": export,
    "generate": generate,
}
