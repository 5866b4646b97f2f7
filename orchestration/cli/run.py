"""Load, build and publish whatever is new, as one run."""

from __future__ import annotations

import argparse
from dataclasses import replace

from orchestration.cli.arguments import add_dates, add_full_refresh, add_places, add_pseudonymize, settings_of
from orchestration.cli.outcomes import Outcome, nothing_new, outcome_of
from orchestration.keeping import set_aside_damaged
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress
from orchestration.writer_lock import writer_lock


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "raw", "warehouse", "site", "config")
    add_dates(verb)
    add_full_refresh(verb)
    add_pseudonymize(verb)


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Load, build and publish what is new; nothing at all where nothing is."""
    from orchestration.defs.running import RunRequest, run_in_dagster
    from orchestration.pending import newest_landing_date, pending_files
    from orchestration.reporting import is_current

    settings = settings_of(args)
    pipeline = Pipeline(settings, progress)
    with writer_lock(settings.warehouse):
        # A load under way must find none: what comes before it reads the warehouse.
        aside = set_aside_damaged(settings.warehouse) if args.full_refresh else None
        pending = pending_files(settings)
        if not (pending.has_work or args.full_refresh or args.first) and is_current(settings, to=args.to):
            pipeline.serve()
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
    notice = (f"Damaged  the warehouse was, and is now {aside}",) if aside else ()
    return replace(outcome, lines=(*notice, *outcome.lines))
