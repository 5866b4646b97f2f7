"""What `tallybook forget` does, and what it has to say about it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from orchestration.cli.arguments import add_places, require_warehouse, settings_of
from orchestration.cli.outcomes import DONE, FAILED, Outcome
from orchestration.forgetting.forget import ForgottenPerson, forget, look_for
from orchestration.pipeline import Pipeline
from orchestration.progress import Progress

_MOST_FILES = 20


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--tenant", required=True, metavar="T", help="the tenant's id")
    verb.add_argument("--user", required=True, metavar="U", help="the user's id, as logs and directory have it")
    verb.add_argument(
        "--also", action="append", default=[], metavar="TEXT", help="another name or address that they were known by"
    )
    verb.add_argument("--dry-run", action="store_true", help="say where the person is named, and change nothing")
    add_places(verb, "warehouse", "site", "config")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """A user's name, address and id out of everything; with `--dry-run` say where they stand."""
    settings = settings_of(args)
    require_warehouse(settings)
    pipeline = Pipeline(settings, progress)
    done = (look_for if args.dry_run else forget)(pipeline, args.tenant, args.user, args.also)
    failed = pipeline.published.failed if pipeline.published else ()
    return Outcome(
        lines=tuple(_lines(done, is_trial=args.dry_run)),
        warnings=tuple(map(str, failed)),
        summary={**asdict(done), "dry_run": args.dry_run, "failed": [failure.place for failure in failed]},
        exit_code=FAILED if failed else DONE,
    )


def _lines(done: ForgottenPerson, *, is_trial: bool) -> list[str]:
    erased, pages = done.erased, done.pages
    verb_done = "Found   " if is_trial else "Forgot  "
    who = "the person" if is_trial else f"the person, who is {done.pseudonym} from now on"
    lines = [
        f"{verb_done} {who}" + (" (was forgotten before)" if done.was_known else ""),
        f"{'':8} {_many(erased.lake, 'row')} of the lake, {erased.directory:,} of the directory, {erased.closed:,} of "
        f"closed months, {_many(erased.refused, 'refused text')}, {_many(len(pages.files), 'file')} of the site, "
        f"{_many(done.beside, 'place')} beside the warehouse",
    ]
    if is_trial:
        return [*lines, "Nothing  was changed"]
    lines += [f"In raw/  {path}: {_many(count, 'line')}" for path, count in list(done.raw.items())[:_MOST_FILES]]
    if len(done.raw) > _MOST_FILES:
        lines.append(f"In raw/  and {len(done.raw) - _MOST_FILES:,} more files (--json has all)")
    lines.append(
        f"In raw/  put {done.pseudonym} in the place of the id in these lines, and take name and address out, also of "
        "directory/subscriptions.csv and tenants.csv: figures then stay (a line that is deleted takes its own with it)"
    )
    return [*lines, *(f"Left     {line}" for line in done.left)]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
