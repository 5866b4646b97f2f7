"""What `tallybook alerts` does, and what it has to say about it."""

from __future__ import annotations

import argparse

from orchestration.cli.arguments import a_date, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.errors import TallybookError
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    dates = ("FROM", "TO")
    verb.add_argument(
        "--replay", nargs=2, type=a_date, metavar=dates, help="list the alerts that would have been sent, and when"
    )
    add_places(verb, "warehouse")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Tell what is alarming and has not been told; with `--replay` list what would have been."""
    from orchestration.alerting.alerts import replay, replayed_line
    from orchestration.alerting.wording import line_of

    settings = settings_of(args)
    require_warehouse(settings)
    if args.replay:
        first, last = args.replay
        if first > last:
            raise TallybookError(f"--replay: {first} is after {last}")
        events = replay(settings, first, last)
        lines = [replayed_line(*event) for event in events] or [f"no alert would have been sent from {first} to {last}"]
        return Outcome(lines=tuple(lines), summary={"events": len(events)})
    done = Pipeline(settings, progress).alert()
    whom = f"sent by {', '.join(done.taken_by)}" if done.taken_by else "sent to nobody: no address or webhook is set"
    lines = [*map(line_of, done.events), f"{len(done.events)} changes, {whom}"]
    return Outcome(lines=tuple(lines), summary={"events": list(done.events), "taken_by": list(done.taken_by)})
