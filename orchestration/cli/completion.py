"""What a shell completes after `tallybook`: verbs, options, their values and places."""

from __future__ import annotations

import argparse
import sys

from orchestration.cli.outcomes import Outcome
from orchestration.progress import Progress

SHELLS = ("bash", "zsh", "fish")
_FOLDERS, _FILES = {"raw", "site", "folder", "dry_run", "place", "target"}, {"warehouse", "config", "out"}


def add_arguments(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("shell", choices=SHELLS, help="the shell to print it for")


def obey(args: argparse.Namespace, progress: Progress) -> Outcome:
    """Print the script as it is: a shell reads it, no person."""
    sys.stdout.write(completion_script(args.shell))
    return Outcome(lines=())


def completion_script(shell: str) -> str:
    """A script for `shell` that completes every verb with its arguments, and asks this program nothing."""
    import shtab

    from orchestration.cli.parsing import VERBS, parser

    command = parser(tuple(VERBS))
    for action in _actions(command):
        if action.nargs == 0:
            continue
        if action.dest in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.dest in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    return f"{shtab.complete(command, shell).rstrip()}\n"


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The actions of a parser and of the verbs below it."""
    found = list(parser._actions)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found += [nested for verb in set(action.choices.values()) for nested in _actions(verb)]
    return found
