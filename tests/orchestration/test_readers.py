"""Readers of the warehouse: a run that has nothing to write does not notice them, any other says who they are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.holders import holders, program
from orchestration.warehouse import explained, opened, serving_file
from orchestration.writer_lock import WarehouseBusyError
from tests.orchestration.loading.zones import ZoneFolder, usage

pytestmark = pytest.mark.usefixtures("few_cards")

READER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
print(con.execute("select count(*) from marts.fct_usage_daily").fetchone()[0], flush=True)
sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> ZoneFolder:
    """A zone of one event that was loaded, built and published."""
    zone = ZoneFolder(tmp_path_factory.mktemp("readers") / "zone")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    assert _run(zone) == 0
    return zone


def _run(zone: ZoneFolder) -> int:
    site = zone.warehouse.with_name("site")
    return main(["run", "--raw", str(zone.raw), "--warehouse", str(zone.warehouse), "--site", str(site)])


@contextmanager
def _reader(warehouse: Path, script: Path) -> Iterator[int]:
    """A process of another program with the file open; its number."""
    script.write_text(READER, encoding="utf-8")
    command = [sys.executable, str(script), str(warehouse), "password=hunter2"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.communicate("\n")


def test_a_run_with_nothing_new_does_not_notice_a_reader(
    zone: ZoneFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    with _reader(zone.warehouse, tmp_path / "dashboard.py"):
        assert _run(zone) == 0
    assert capsys.readouterr().out.startswith("Nothing new")


def test_a_run_with_something_new_says_who_reads_and_what_to_read_instead(
    zone: ZoneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("orchestration.defs.retries.DEFAULT_SECONDS", 0.0)
    zone.lines("usage/2026-03-02/b.jsonl", usage("e2"))
    with _reader(zone.warehouse, tmp_path / "dashboard.py") as one, _reader(zone.warehouse, tmp_path / "b.py") as two:
        assert holders(zone.warehouse) == sorted([one, two])
        assert _run(zone) == 1
        said = capsys.readouterr().err
        for pid, name in ((one, "dashboard.py"), (two, "b.py")):
            assert f"{pid} ({Path(sys.executable).name}" in said and f" {name})" in said
        assert "is held open by processes" in said and serving_file(zone.warehouse).name in said
        assert "hunter2" not in said
    assert _run(zone) == 0, "nothing is lost by it"
    with opened(zone.warehouse, read_only=True) as con:
        assert con.execute("select sum(requests) from marts.fct_usage_daily").fetchone() == (2,)


def test_a_reader_that_goes_away_in_time_stops_nothing(
    zone: ZoneFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone.lines("usage/2026-03-03/c.jsonl", usage("e3"))
    monkeypatch.setattr("orchestration.defs.retries.DEFAULT_SECONDS", 0.0)
    reader = _reader(zone.warehouse, tmp_path / "dashboard.py")
    reader.__enter__()
    closed = []

    def goes_away(*args: object, **options: object) -> WarehouseBusyError | None:
        if not closed:
            closed.append(reader.__exit__(None, None, None))
        return explained(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("orchestration.warehouse.explained", goes_away)
    assert _run(zone) == 0 and closed


@pytest.mark.parametrize(
    ("lock", "who"),
    [
        ("Conflicting lock is held in /usr/bin/java (PID 4711) by user bi.", "process 4711 (java)"),
        ("Conflicting lock is held in PID 4711 by user bi.", "process 4711"),
        ("Resource temporarily unavailable", "another program, in another container or on another machine"),
    ],
)
def test_whatever_duckdb_says_of_a_lock_is_told(tmp_path: Path, lock: str, who: str) -> None:
    text = f'IO Error: Could not set lock on file "{tmp_path}/w.duckdb": {lock} See also https://duckdb.org'
    found = explained(duckdb.IOException(text), tmp_path / "w.duckdb")
    assert isinstance(found, WarehouseBusyError) and f"is held open by {who}: close it" in str(found)


def test_a_program_is_known_by_what_it_runs_and_by_nothing_else(tmp_path: Path) -> None:
    assert program(os.getpid()).startswith(Path(sys.executable).name[:6])
    assert program(2**22 + 1) == "" and holders(tmp_path / "missing") == []
    command = [sys.executable, "-c", "import time; print('secret', flush=True); time.sleep(60)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline()
        assert program(process.pid) == Path(command[0]).name
        process.kill()
