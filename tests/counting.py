"""How often the suite builds a whole warehouse: each costs seconds, and nobody sees one too many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

# In the processes of the suite; what a test starts as a command of its own is not seen. Who needs more says why here:
# 25 are of months that are closed between any two arrivals, and of a site before and after; 10 of what had landed by a
# date, which only a build as of that date can judge.
MOST_BUILDS = 240
BUILDS = pytest.StashKey[int]()
_WHOLE_SUITE = ["tests"]


def pytest_configure(config: pytest.Config) -> None:
    from orchestration.building import dbt_runner

    config.stash[BUILDS] = 0
    invoke = dbt_runner._invoke

    def counted(args: Sequence[str], **options: Any) -> Any:
        config.stash[BUILDS] += args[0] == "build"
        return invoke(args, **options)

    patch = pytest.MonkeyPatch()
    patch.setattr(dbt_runner, "_invoke", counted)
    config.add_cleanup(patch.undo)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[BUILDS] += node.workeroutput["builds"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["builds"] = config.stash[BUILDS]
    elif is_too_many(config.args, config.stash[BUILDS]) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    builds = config.stash[BUILDS]
    if is_too_many(config.args, builds):
        terminalreporter.write_line(
            f"{builds} whole warehouses were built, {MOST_BUILDS} at most are meant to be", red=True
        )
    elif builds:
        terminalreporter.write_line(f"{builds} whole warehouses were built")


def is_too_many(args: Sequence[str], builds: int) -> bool:
    """Whether a run of the whole suite has built more than is meant to be."""
    return args == _WHOLE_SUITE and builds > MOST_BUILDS
