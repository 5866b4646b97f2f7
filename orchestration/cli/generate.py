"""A landing zone of any size."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from orchestration.cli.arguments import a_count, a_date
from orchestration.cli.outcomes import Outcome
from orchestration.errors import TallybookError
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    for name in ("tenants", "days", "events"):
        verb.add_argument(f"--{name}", type=a_count, required=True, metavar="N")
    verb.add_argument("--seed", type=int, default=1, metavar="S")
    verb.add_argument("--out", required=True, metavar="R", help="folder to write; must be empty or absent")
    verb.add_argument("--end", type=a_date, default=date(2026, 11, 21), metavar="DATE", help="last landing date")
    verb.add_argument("--stories", action="store_true", help="plant the stories of the checked-in sample")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
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
