"""What `tallybook check` and `tallybook doctor` do, and what they have to say about it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from orchestration.errors import TallybookError
from orchestration.outcomes import DONE, FAILED, Outcome
from orchestration.progress import Progress
from orchestration.verbs import require_warehouse, settings_of


def check(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Reconcile warehouse and site; with `--backtest` also say how good the projections of budgets were."""
    from orchestration.backtest import backtest, backtest_lines
    from orchestration.checking import check as run_checks

    settings = settings_of(args)
    if args.what == "verify":
        return _verify(Path(args.place) if args.place else settings.site, progress)
    require_warehouse(settings)
    findings = run_checks(settings, progress)
    if findings.faults:
        raise TallybookError(f"{len(findings.faults)} of {findings.checks} checks failed: {'; '.join(findings.faults)}")
    lines, summary = [f"Checked  {findings.checks} checks passed"], {"checks": findings.checks}
    if not args.backtest:
        return Outcome(lines=tuple(lines), summary=summary)
    found = backtest(settings.warehouse)
    return Outcome(lines=(*lines, *backtest_lines(found)), summary={**summary, "backtest": found})


def doctor(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Look at everything that a run needs, and say what to do where it is not as it should be."""
    from orchestration.doctor import examine, summary_of

    started = time.perf_counter()
    found = list(examine(settings_of(args)))
    bad = [each for each in found if not each.is_well]
    ending = f"{len(bad)} of {len(found)} checks found something" if bad else f"All {len(found)} checks are well"
    return Outcome(
        lines=(*(line for each in found for line in each.lines), ending),
        summary=summary_of(found, started),
        exit_code=FAILED if bad else DONE,
    )


def _verify(site: Path, progress: Progress) -> Outcome:
    from orchestration.verifying import verify

    found = verify(site, progress)
    if found.faults:
        raise TallybookError(f"{len(found.faults)} faults in {site}: {'; '.join(found.faults)}")
    line = f"Verified {found.files:,} files and {found.sums:,} sums of {found.reports:,} reports in {site}"
    return Outcome(lines=(line,), summary={"files": found.files, "reports": found.reports, "sums": found.sums})


CHECKING_VERBS: Mapping[str, Callable[[argparse.Namespace, Progress], Outcome]] = {"check": check, "doctor": doctor}
