"""The run history: written over connections that stay open, read by whatever of Dagster reads it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from orchestration.defs.run_history import PooledEventLog, open_history


@dg.op
def observe(context: dg.OpExecutionContext) -> None:
    for number in range(50):
        context.log_event(dg.AssetObservation("one", description=str(number)))


@dg.job
def observing() -> None:
    observe()


@pytest.fixture
def opened() -> Iterator[list[object]]:
    """Every connection to a database that is opened meanwhile."""
    connections: list[object] = []

    def note(connection: object, _: object) -> None:
        connections.append(connection)

    event.listen(Engine, "connect", note)
    yield connections
    event.remove(Engine, "connect", note)


def observed(instance: dg.DagsterInstance) -> list[str | None]:
    found = instance.get_event_records(dg.EventRecordsFilter(dg.DagsterEventType.ASSET_OBSERVATION))
    return sorted(record.asset_observation.description for record in found if record.asset_observation)


def test_events_do_not_open_the_log_anew_and_dagster_reads_them(tmp_path: Path, opened: list[object]) -> None:
    with open_history(tmp_path) as instance:
        assert observing.execute_in_process(instance=instance).success
        before = len(opened)
        assert observing.execute_in_process(instance=instance).success
        assert len(opened) - before < 50
    with dg.DagsterInstance.from_config(str(tmp_path)) as plain:
        assert observed(plain) == sorted(2 * [str(number) for number in range(50)])
        assert len(plain.get_runs()) == 2


def test_a_home_with_a_storage_of_its_own_keeps_it(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "dagster.yaml").write_text(f"storage:\n  sqlite:\n    base_dir: {elsewhere}\n", encoding="utf-8")
    with open_history(tmp_path) as instance:
        assert observing.execute_in_process(instance=instance).success
        assert not isinstance(instance.event_log_storage, PooledEventLog)
    assert (elsewhere / "history").is_dir() and not (tmp_path / "history").exists()
