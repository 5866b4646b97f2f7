"""Staging gives people their pseudonyms, also in a run that does not ask for it; who has none does not pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from comparing import rows_of

from orchestration.building.dbt_runner import run_dbt
from orchestration.loading import sources
from orchestration.loading.load import load
from orchestration.pseudonyms import refresh

USERS = "select distinct user_id from staging.stg_native__usage_events where user_id is not null"


@pytest.fixture(scope="module")
def loaded(tiny_zone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = tmp_path_factory.mktemp("people") / "w.duckdb"
    load(str(tiny_zone), warehouse)
    return warehouse


@pytest.fixture
def users(loaded: Path, tmp_path: Path) -> Callable[[], set[str]]:
    """The users of the usage events in staging, after it was built by a run that says nothing of pseudonyms."""

    def built() -> set[str]:
        [node] = run_dbt(
            ["run", "--select", "stg_native__usage_events"], warehouse=loaded, target=tmp_path / "dbt", variables={}
        )
        assert node.status == "success", node.message
        return {user for (user,) in rows_of(loaded, USERS)}

    return built


def test_a_run_that_says_nothing_of_pseudonyms_goes_by_whether_there_are_any(
    loaded: Path, users: Callable[[], set[str]]
) -> None:
    assert not any(user.startswith("user-") for user in users())
    with duckdb.connect(str(loaded)) as con:
        refresh(con, "a key", again=True)
    assert all(user.startswith("user-") for user in users())


def test_a_column_of_people_that_is_not_declared_stops_whoever_reads_it(
    loaded: Path, users: Callable[[], set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = tuple(replace(source, people=()) for source in sources.SOURCES)
    monkeypatch.setattr(sources, "SOURCES", forgotten)
    with duckdb.connect(str(loaded)) as con:
        refresh(con, "a key", again=True)
        # Whom the directory names has a pseudonym all the same.
        con.execute("delete from lake.pseudonyms where person in (select user_id from lake.directory_users limit 1)")
    with pytest.raises(duckdb.InvalidInputException, match="events.user_id names somebody who has no pseudonym"):
        users()
