"""Whether this machine can do the work."""

from __future__ import annotations

import argparse
import time

from orchestration.cli.arguments import add_places, settings_of
from orchestration.cli.outcomes import DONE, FAILED, Outcome
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "raw", "warehouse", "site", "config")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Look at everything that a run needs, and say what to do where it is not as it should be."""
    from orchestration.checking.doctor import examine, summary_of

    started = time.perf_counter()
    found = list(examine(settings_of(args)))
    bad = [finding for finding in found if not finding.is_well]
    ending = f"{len(bad)} of {len(found)} checks found something" if bad else f"All {len(found)} checks are well"
    return Outcome(
        lines=(*(line for finding in found for line in finding.lines), ending),
        summary=summary_of(found, started),
        exit_code=FAILED if bad else DONE,
    )
