"""Verbs in processes of their own that are killed at a given call of a given function: no clock, no chance.

`python -m tests.orchestration.killing` reads one JSON per line from standard input, `{"verb": [...], "at": [place,
call] or null}`, where a place is `module:name` or `module:Class.name`, and answers each with how the process ended: its
exit code, or -9 where it was killed.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL


class Verbs:
    """Runs verbs, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.orchestration.killing"],
            cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *verb: object) -> int:
        """Let a verb end; its exit code."""
        return self._ask(verb, None)

    def kill(self, place: str, call: int, *verb: object) -> int:
        """Kill a verb as it calls the function at `place` for the so-manyth time; KILLED where it came to that."""
        return self._ask(verb, [place, call])

    def end(self) -> None:
        self._process.communicate()

    def _ask(self, verb: Sequence[object], at: list | None) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"verb": [str(word) for word in verb], "at": at}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _serve() -> None:
    # Before any of them starts a thread, which a forked process would lack.
    for module in ("cli", "reporting", "loading.load", "mailing.digests", "publishing.targets", "closing"):
        importlib.import_module(f"orchestration.{module}")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(asked["verb"], asked["at"])
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _obey(verb: list[str], at: tuple[str, int] | None) -> None:
    from orchestration.cli import main

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if at is not None:
        _die_at(*at)
    code = 1
    try:
        code = main(verb)
    finally:
        os._exit(code)


def _die_at(place: str, call: int) -> None:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    real, main_process, calls = getattr(owner, name), os.getpid(), 0

    def counted(*args: object, **more: object) -> object:
        nonlocal calls
        calls += os.getpid() == main_process
        if calls == call:
            os.kill(main_process, signal.SIGKILL)
        return real(*args, **more)

    setattr(owner, name, counted)


if __name__ == "__main__":
    _serve()
