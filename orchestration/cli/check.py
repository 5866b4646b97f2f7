"""Reconcile warehouse and site."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestration.cli.arguments import add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.errors import TallybookError
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    add_places(verb, "warehouse", "site")
    verb.add_argument("what", nargs="?", choices=["verify"], help="verify: look at a site alone, without warehouse")
    verb.add_argument("place", nargs="?", metavar="SITE", help="with verify: the folder (default: as --site)")
    verb.add_argument("--backtest", action="store_true", help="also print how good the projections of budgets were")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Reconcile warehouse and site; with `--backtest` also say how good the projections of budgets were."""
    from orchestration.checking.backtest import backtest, backtest_lines
    from orchestration.checking.check import check as run_checks

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


def _verify(site: Path, progress: Progress) -> Outcome:
    from orchestration.checking.verify import verify

    found = verify(site, progress)
    if found.faults:
        raise TallybookError(f"{len(found.faults)} faults in {site}: {'; '.join(found.faults)}")
    line = f"Verified {found.files:,} files and {found.sums:,} sums of {found.reports:,} reports in {site}"
    return Outcome(lines=(line,), summary={"files": found.files, "reports": found.reports, "sums": found.sums})
