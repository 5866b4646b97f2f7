"""A mart as a file in another format, or as files by month with a manifest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.cli.arguments import a_date, add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import Outcome
from orchestration.exporting import FORMATS, VERSIONS
from orchestration.progress import Progress

if TYPE_CHECKING:
    from orchestration.settings import Settings


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=["focus"], help="charges in the columns of FOCUS, for FinOps tools")
    verb.add_argument("--version", choices=VERSIONS, default=VERSIONS[0], help="of FOCUS (default: %(default)s)")
    verb.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the file (default: %(default)s)")
    verb.add_argument("--from", dest="first", type=a_date, metavar="DATE", help="first local date of charges")
    verb.add_argument("--to", type=a_date, metavar="DATE", help="last local date of charges")
    verb.add_argument(
        "--out",
        metavar="PLACE",
        help="file to write (default: focus-VERSION.FORMAT here); a folder, with / at its end, or s3://bucket/prefix: "
        "a file for each month, and a manifest",
    )
    add_places(verb, "warehouse")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A mart as a file in another format, or as dated files at a place."""
    from orchestration.delivering import is_place
    from orchestration.exporting import require_mart

    settings = settings_of(args)
    require_warehouse(settings)
    require_mart(settings.warehouse, args.version)
    out = args.out or f"focus-{args.version}.{args.format}"
    wanted = {"version": args.version, "file_format": args.format, "first": args.first, "last": args.to}
    return _deliver(settings, out, wanted, progress) if is_place(out) else _write(settings, out, wanted)


def _write(settings: Settings, out: str, wanted: dict[str, Any]) -> Outcome:
    from orchestration.exporting import export_focus

    written = export_focus(settings.warehouse, Path(out).absolute(), **wanted)
    return Outcome(
        lines=(f"Exported {written.rows:,} charges in FOCUS {wanted['version']} to {written.path}",),
        summary={"rows": written.rows, "columns": written.columns, "out": str(written.path)},
    )


def _deliver(settings: Settings, out: str, wanted: dict[str, Any], progress: Progress) -> Outcome:
    from orchestration.delivering import deliver_focus

    done = deliver_focus(settings.warehouse, out, **wanted, progress=progress)
    new = f"{done.written} written" if done.written else "nothing new"
    return Outcome(
        lines=(f"Exported {done.rows:,} charges in FOCUS {wanted['version']} to {out}: {done.files} files, {new}",),
        summary={"rows": done.rows, "files": done.files, "written": done.written, "out": out},
    )
