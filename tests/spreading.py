"""Which worker runs what: a module stays on one, since it shares what it made; the longest begin first.

Workers keep to one thread each, in dbt and in DuckDB: a build of few rows takes a third more of the processors in two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

# Minutes on a worker, with few tests in them: the last of these to begin is what the other worker waits for.
LONGEST = (
    "tests/dbt_project/test_closed_months.py",
    "tests/dbt_project/test_closed_properties.py",
    "tests/site_builder/configuration/test_configuration.py",
    "tests/test_order_independence.py",
    "tests/orchestration/building/test_unfinished_builds.py",
    "tests/dbt_project/test_closed_corrections.py",
    "tests/dbt_project/test_newer_zone_rules.py",
    "tests/test_forgetting.py",
    "tests/test_isolation.py",
    "tests/orchestration/defs/test_runs.py",
    "tests/orchestration/closing/test_closing.py",
    "tests/orchestration/test_killing.py",
    "tests/site_builder/explore/test_explorer_page.py",
)
# Their tests share nothing: they come last, one by one to whoever is free.
APART = (
    "tests/dbt_project/test_incremental_builds.py",
    "tests/test_golden_zones.py",
    "tests/test_field_cases.py",
)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        return
    from orchestration.building import dbt_runner

    invoke, connect = dbt_runner._invoke, duckdb.connect

    def in_one_thread(args: Sequence[str], **options: Any) -> Any:
        return invoke([*args, "--threads", "1"] if args[0] in ("build", "run", "test") else args, **options)

    def connected(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        con = connect(*args, **options)
        con.execute("set threads = 1")
        return con

    patch = pytest.MonkeyPatch()
    patch.setattr(dbt_runner, "_invoke", in_one_thread)
    patch.setattr(duckdb, "connect", connected)
    config.add_cleanup(patch.undo)


def _module(nodeid: str) -> str:
    return nodeid.split("::", 1)[0]


def _turn(item: pytest.Item) -> int:
    module = _module(item.nodeid)
    if module in APART:
        return len(LONGEST) + 1 + APART.index(module)
    return LONGEST.index(module) if module in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = _module(nodeid)
            return nodeid if module in APART else module

    config.option.loadscopereorder = False
    return ByModule(config, log)
