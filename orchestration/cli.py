"""The `tallybook` command: every verb with its exit code.

0 done; 1 failed, one line says what and where; 2 wrong usage; 3 done, but something was quarantined whole, held back or
not read; 130 and 143 stopped by SIGINT and SIGTERM.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from orchestration.alerting_verb import ALERTING_VERBS
from orchestration.checking_verbs import CHECKING_VERBS
from orchestration.closing_verbs import CLOSING_VERBS
from orchestration.errors import TallybookError
from orchestration.exporting import FORMATS, VERSIONS
from orchestration.forgetting_verb import FORGETTING_VERBS
from orchestration.forgetting_verb import add_arguments as add_forget_arguments
from orchestration.mailing_verb import MAILING_VERBS
from orchestration.outcomes import Outcome
from orchestration.progress import terminal_progress
from orchestration.pseudonyms import NOBODY, USERS
from orchestration.publishing_verb import PUBLISHING_VERBS
from orchestration.redaction import hidden
from orchestration.settings import warehouse_path
from orchestration.stopping import Stopping, exit_code_of, said_of, stopping
from orchestration.verbs import VERBS
from orchestration.warehouse import in_sentences

EXIT_FAILED = 1
COMMANDS = {
    **VERBS, **CHECKING_VERBS, **CLOSING_VERBS, **PUBLISHING_VERBS, **MAILING_VERBS, **ALERTING_VERBS,
    **FORGETTING_VERBS,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    parser = _parser()
    args = parser.parse_args(argv)
    first, last = getattr(args, "first", None), getattr(args, "to", None)
    if first and last and first > last:
        parser.error(f"--from {first} is after --to {last}")
    with stopping() as stop:
        return _obey(args, stop)


def _obey(args: argparse.Namespace, stop: Stopping) -> int:
    try:
        with in_sentences(warehouse_path(getattr(args, "warehouse", None))), terminal_progress() as progress:
            outcome: Outcome = COMMANDS[args.verb](args, progress)
    except BaseException as error:
        # Libraries make errors of their own of a signal: what they say is not why the verb ended.
        stopped = stop.signal() or (signal.SIGINT if isinstance(error, KeyboardInterrupt) else None)
        if stopped is not None:
            return _fail(args, said_of(stopped), exit_code_of(stopped))
        if isinstance(error, TallybookError):
            return _fail(args, str(error))
        if not isinstance(error, Exception):
            raise
        if os.environ.get("TALLYBOOK_TRACEBACK"):
            raise
        return _fail(
            args,
            f"{type(error).__name__} in {_origin(error)}: {' '.join(str(error).split())} "
            "(TALLYBOOK_TRACEBACK=1 shows where)",
        )
    for line in outcome.lines:
        print(hidden(line))
    for line in outcome.warnings:
        print(hidden(f"tallybook {args.verb}: {line}"), file=sys.stderr)
    if args.json:
        summary = {"verb": args.verb, "exit_code": outcome.exit_code, **outcome.summary}
        print(hidden(json.dumps(summary, default=str)))
    return outcome.exit_code


def _fail(args: argparse.Namespace, reason: str, exit_code: int = EXIT_FAILED) -> int:
    reason = hidden(reason)
    print(f"tallybook {args.verb}: {reason}", file=sys.stderr)
    if args.json:
        print(json.dumps({"verb": args.verb, "exit_code": exit_code, "error": reason}))
    return exit_code


def _origin(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tallybook", description="Usage and billing reports from raw logs.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    run = _verb(verbs, "run", "load, build and publish whatever is new, as one run")
    _add_places(run, "raw", "warehouse", "site", "config")
    _add_dates(run)
    _add_full_refresh(run)
    _add_pseudonymize(run)
    load = _verb(verbs, "load", "landing zone → lake and audit")
    _add_places(load, "raw", "warehouse")
    _add_full_refresh(load)
    load.add_argument("--release", type=_date, metavar="DATE", help="let a held-back landing date in")
    build = _verb(verbs, "build", "lake → facts and marts")
    _add_places(build, "warehouse")
    _add_full_refresh(build)
    _add_pseudonymize(build)
    build.add_argument("--to", type=_date, metavar="DATE", help="last local date the marts show")
    reprice = _verb(verbs, "reprice", "estimate costs anew by the price list that is installed now")
    _add_places(reprice, "warehouse")
    reprice.add_argument("--from", dest="first", type=_date, metavar="DATE", help="first local date to price anew")
    reprice.add_argument("--to", type=_date, metavar="DATE", help="last local date to price anew")
    _add_closing(_verb(verbs, "close", "freeze a month and all before it: what comes late is posted in the open month"))
    _add_closing(_verb(verbs, "reopen", "undo the closing of a month and of all after it"))
    site = _verb(verbs, "site", "marts → report site")
    _add_places(site, "warehouse", "site", "config")
    _add_dates(site)
    site.add_argument(
        "--pdf",
        action="append",
        default=[],
        choices=("daily", "custom"),
        help="make PDFs of these reports too, and keep them up to date; weekly and monthly ones always have one",
    )
    _add_publish(_verb(verbs, "publish", "site → where its readers are, whole or not at all"))
    email = _verb(verbs, "email", "a digest of each new report to those who subscribed to it, once")
    email.add_argument("--dry-run", metavar="FOLDER", help="write the messages there as files, and send nothing")
    _add_places(email, "warehouse", "site", "config")
    alerts = _verb(verbs, "alerts", "what is alarming and has not been told, by mail and webhook")
    dates = ("FROM", "TO")
    alerts.add_argument("--replay", nargs=2, type=_date, metavar=dates, help="list what would have been told when")
    _add_places(alerts, "warehouse")
    check = _verb(
        verbs, "check", "reconcile warehouse and site: every data test, the audit's sums, every link and hash"
    )
    _add_places(check, "warehouse", "site")
    check.add_argument("what", nargs="?", choices=["verify"], help="verify: look at a site alone, without warehouse")
    check.add_argument("place", nargs="?", metavar="SITE", help="with verify: the folder (default: as --site)")
    check.add_argument("--backtest", action="store_true", help="also print how good the projections of budgets were")
    doctor = _verb(verbs, "doctor", "whether this machine can do the work, and what to do where it cannot")
    _add_places(doctor, "raw", "warehouse", "site", "config")
    forget = _verb(verbs, "forget", "a person's name, address and id out of everything; figures stay")
    add_forget_arguments(forget)
    _add_places(forget, "warehouse", "site", "config")
    _add_export(_verb(verbs, "export", "a mart in another format, as a file: focus"))
    _add_generate(_verb(verbs, "generate", "a landing zone of any size, for trials and benchmarks"))
    return parser


def _verb(verbs: argparse._SubParsersAction, name: str, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text)
    verb.add_argument("--json", action="store_true", help="a machine-readable summary as the last line of stdout")
    return verb


def _add_places(verb: argparse.ArgumentParser, *names: str) -> None:
    texts = {
        "raw": "landing zone: a folder or an s3:// prefix (default: raw/, or TALLYBOOK_RAW)",
        "warehouse": "the DuckDB file (default: warehouse/tallybook.duckdb, or TALLYBOOK_WAREHOUSE)",
        "site": "folder of the site (default: site/, or TALLYBOOK_SITE)",
        "config": "settings of the site (default: TALLYBOOK_CONFIG, or tallybook.toml here where it exists)",
    }
    for name in names:
        verb.add_argument(f"--{name}", metavar=name.upper(), help=texts[name])


def _add_dates(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--from", dest="first", type=_date, metavar="DATE", help="first local date to publish reports of")
    verb.add_argument("--to", type=_date, metavar="DATE", help="last local date to show and to publish reports of")


def _add_full_refresh(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--full-refresh", action="store_true", help="forget what was computed and compute it anew")


def _add_pseudonymize(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--pseudonymize",
        choices=(USERS, NOBODY),
        help="people under pseudonyms everywhere after the lake, or under their names again (default: as it was)",
    )


def _add_export(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("what", choices=["focus"], help="charges in the columns of FOCUS, for FinOps tools")
    verb.add_argument("--version", choices=VERSIONS, default=VERSIONS[0], help="of FOCUS (default: %(default)s)")
    verb.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the file (default: %(default)s)")
    verb.add_argument("--from", dest="first", type=_date, metavar="DATE", help="first local date of charges")
    verb.add_argument("--to", type=_date, metavar="DATE", help="last local date of charges")
    verb.add_argument("--out", metavar="FILE", help="file to write (default: focus-VERSION.FORMAT here)")
    _add_places(verb, "warehouse")


def _add_closing(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("month", type=_month, metavar="MONTH", help="YYYY-MM")
    _add_places(verb, "warehouse")


def _add_publish(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("target", metavar="TARGET", help="a folder, or s3://bucket/prefix")
    verb.add_argument(
        "--keep", type=_count, default=5, metavar="N", help="releases to keep, the current one included (default: 5)"
    )
    verb.add_argument("--rollback", action="store_true", help="show the release before the current one again")
    verb.add_argument(
        "--tenants-only",
        action="store_true",
        help="leave out all/, the front page and the manifest, which name every tenant",
    )
    _add_places(verb, "site")


def _add_generate(verb: argparse.ArgumentParser) -> None:
    for name in ("tenants", "days", "events"):
        verb.add_argument(f"--{name}", type=_count, required=True, metavar="N")
    verb.add_argument("--seed", type=int, default=1, metavar="S")
    verb.add_argument("--out", required=True, metavar="R", help="folder to write; must be empty or absent")
    verb.add_argument("--end", type=_date, default=date(2026, 11, 21), metavar="DATE", help="last landing date")
    verb.add_argument("--stories", action="store_true", help="plant the stories of the checked-in sample")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month like 2026-11") from None


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
