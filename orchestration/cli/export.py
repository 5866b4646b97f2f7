"""A mart as a file in another format."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestration.cli.arguments import a_date, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.exporting import FORMATS, VERSIONS
from orchestration.progress import Progress


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=["focus"], help="charges in the columns of FOCUS, for FinOps tools")
    verb.add_argument("--version", choices=VERSIONS, default=VERSIONS[0], help="of FOCUS (default: %(default)s)")
    verb.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the file (default: %(default)s)")
    verb.add_argument("--from", dest="first", type=a_date, metavar="DATE", help="first local date of charges")
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date of charges")
    verb.add_argument("--out", metavar="FILE", help="file to write (default: focus-VERSION.FORMAT here)")
    add_places(verb, "warehouse")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A mart as a file in another format."""
    from orchestration.exporting import export_focus, require_mart

    settings = settings_of(args)
    require_warehouse(settings)
    require_mart(settings.warehouse, args.version)
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
