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
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.cli.parsing import module_of, parser
from orchestration.errors import TallybookError
from orchestration.progress import terminal_progress
from orchestration.redaction import hidden
from orchestration.stopping import Stopping, exit_code_of, signal_message, stopping

if TYPE_CHECKING:
    from orchestration.cli.outcomes import Outcome

EXIT_FAILED = 1
# Characters. Room for every path there is, and for many a reason.
_LONGEST_LINE = 10_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; its exit code."""
    words = sys.argv[1:] if argv is None else argv
    command = parser(words)
    args = command.parse_args(words)
    first, last = getattr(args, "first", None), getattr(args, "to", None)
    if first and last and first > last:
        command.error(f"--from {first} is after --to {last}")
    with stopping() as stop:
        return _obey(args, stop)


def _obey(args: argparse.Namespace, stop: Stopping) -> int:
    try:
        outcome = _outcome(args)
    except BaseException as error:
        # Libraries make errors of their own of a signal: what they say is not why the verb ended.
        stopped = stop.signal() or (signal.SIGINT if isinstance(error, KeyboardInterrupt) else None)
        if stopped is not None:
            return _fail(args, signal_message(stopped), exit_code_of(stopped))
        if isinstance(error, TallybookError):
            return _fail(args, str(error))
        if not isinstance(error, Exception):
            raise
        if os.environ.get("TALLYBOOK_TRACEBACK"):
            print(hidden(traceback.format_exc()), file=sys.stderr)
        return _fail(
            args,
            f"{type(error).__name__} in {_origin(error)}: {' '.join(str(error).split())} "
            "(TALLYBOOK_TRACEBACK=1 shows where)",
        )
    for line in outcome.lines:
        print(_shown(line))
    for line in outcome.warnings:
        print(_shown(f"tallybook {args.verb}: {line}"), file=sys.stderr)
    if args.json:
        summary = {"verb": args.verb, "exit_code": outcome.exit_code, **outcome.summary}
        print(hidden(json.dumps(summary, default=str)))
    return outcome.exit_code


def _outcome(args: argparse.Namespace) -> Outcome:
    # What a verb needs is imported when it is its turn: help is there at once.
    from orchestration.settings import warehouse_path
    from orchestration.warehouse import in_sentences

    with in_sentences(warehouse_path(getattr(args, "warehouse", None))), terminal_progress() as progress:
        outcome: Outcome = module_of(args.verb).obey(args, progress)
    return outcome


def _fail(args: argparse.Namespace, reason: str, exit_code: int = EXIT_FAILED) -> int:
    print(_shown(f"tallybook {args.verb}: {reason}"), file=sys.stderr)
    if args.json:
        print(json.dumps({"verb": args.verb, "exit_code": exit_code, "error": hidden(reason)}))
    return exit_code


def _shown(line: str) -> str:
    """A line for a terminal: no secret in it, and no name that steers the terminal, makes lines or goes on for ever."""
    from site_builder.words import formats

    steady = formats.in_one_line(hidden(line))
    return steady if len(steady) <= _LONGEST_LINE else f"{steady[:_LONGEST_LINE]}… ({len(steady):,} characters)"


def _origin(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
