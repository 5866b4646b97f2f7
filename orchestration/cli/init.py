"""A folder to begin with."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from orchestration.cli.outcomes import Outcome
from orchestration.progress import Progress
from orchestration.starting.folder import start


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("folder", metavar="FOLDER", help="made where it is missing; nothing in it is overwritten")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Write settings with comments, an empty directory and a .gitignore, and say what comes next."""
    folder = Path(args.folder)
    written = start(folder)
    return Outcome(
        lines=(
            f"Wrote    {len(written)} files into {folder}",
            "Next     a line for each tenant in raw/directory/tenants.csv (tenant_id and tenant_name at least)",
            "         logs into raw/usage/DATE/, raw/billing/DATE/, raw/litellm/DATE/, the day on which they arrive",
            f"         cd {shlex.quote(str(folder))} && tallybook run",
        ),
        summary={"files": [str(path) for path in written]},
    )
