"""The words of the command. A verb's own are added when it is called: the module of no other verb is imported."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

# Verb → what it does. orchestration/cli/<verb>.py has its arguments (add_arguments) and its deed (obey).
VERBS = {
    "init": "a folder to begin with: settings with comments, an empty directory, a .gitignore",
    "run": "load, build and publish whatever is new, as one run",
    "load": "landing zone → lake and audit",
    "build": "lake → facts and marts",
    "reprice": "show what present rates and prices would change in the past, and with --apply do it",
    "close": "freeze a month and all before it: what comes late is posted in the open month",
    "reopen": "undo the closing of a month and of all after it",
    "site": "marts → report site",
    "publish": "site → where its readers are, whole or not at all",
    "email": "a digest of each new report to those who subscribed to it, once",
    "alerts": "new alerts, by mail and webhook",
    "check": "reconcile warehouse and site: every data test, the audit's sums, every link and hash",
    "doctor": "whether this machine can do the work, and what to do where it cannot",
    "forget": "a person's name, address and id out of everything; figures stay",
    "export": "a mart in another format, as a file: focus",
    "completion": "a script for bash, zsh or fish that completes verbs and options",
    "generate": "a landing zone of any size, for trials and benchmarks",
}


def module_of(verb: str) -> ModuleType:
    """The module of a verb."""
    return import_module(f"orchestration.cli.{verb}")


def parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The command's parser, with the arguments of those verbs that are among the words."""
    command = argparse.ArgumentParser(prog="tallybook", description="Usage and billing reports from raw logs.")
    command.add_argument("--version", action="version", version=f"%(prog)s {version('tallybook')}")
    verbs = command.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, text in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text)
        verb.add_argument("--json", action="store_true", help="a machine-readable summary as the last line of stdout")
        if name in words:
            module_of(name).add_arguments(verb)
    return command
