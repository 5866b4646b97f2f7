"""What `tallybook email` does, and what it has to say about it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from orchestration.cli.arguments import add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.errors import TallybookError
from orchestration.progress import Progress
from orchestration.settings import MailSettings


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--dry-run", metavar="FOLDER", help="write the messages there as files, and send nothing")
    add_places(verb, "warehouse", "site", "config")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Digests to subscribers; with `--dry-run` as files into a folder."""
    from orchestration.mailing.digests import send_digests, write_digests

    settings = settings_of(args)
    require_warehouse(settings)
    mail = MailSettings.from_env(needs_server=args.dry_run is None)
    if args.dry_run is not None:
        done = write_digests(settings, mail, Path(args.dry_run))
        line = f"Written  {len(done.sent):,} messages to {args.dry_run}"
    else:
        done = send_digests(settings, mail, progress=progress)
        line = f"Sent     {len(done.sent):,} messages; {done.before:,} had gone out before"
    if done.failed:
        did, others = ("sent", "went out") if args.dry_run is None else ("made", "were written")
        more = f"; {len(done.sent):,} others {others}" if done.sent else ""
        raise TallybookError(f"{len(done.failed)} messages could not be {did}{more}: {'; '.join(done.failed)}")
    return Outcome(lines=(line,), warnings=done.missing, summary=asdict(done))
