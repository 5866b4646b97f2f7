"""Many small files cost what one does: twice as many are twice the work of Python, and none of DuckDB's statements."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import pytest
import zstandard

from orchestration.loading import opening
from orchestration.loading.readers import read as reading
from tests.orchestration.loading.foreign.litellm_records import as_csv as litellm_csv
from tests.orchestration.loading.foreign.litellm_records import payload, table_row
from tests.orchestration.loading.readers.test_parquet_rows import parquet
from tests.orchestration.loading.reading import as_csv
from tests.orchestration.loading.zones import ZoneFolder, usage

FEW, MANY = 100, 200
Made = Callable[[int], bytes]


class Counting:
    """A connection that counts statements and the rows that they scan."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.statements = self.rows = 0
        con.execute("pragma enable_profiling = 'no_output'")
        con.execute("""pragma custom_profiling_settings = '{"CUMULATIVE_ROWS_SCANNED": "true"}'""")

    def execute(self, *args: Any) -> Any:
        done = self._con.execute(*args)
        self.statements += 1
        told = self._con.get_profiling_information(format="json")
        self.rows += json.loads(told or "{}").get("cumulative_rows_scanned", 0)
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def __enter__(self) -> Counting:
        return self

    def __exit__(self, *_: object) -> None:
        self._con.close()


def line(number: int) -> bytes:
    return json.dumps(usage(f"e{number}")).encode()


def call(number: int) -> dict[str, Any]:
    return {"id": f"chatcmpl-{number}", "litellm_call_id": f"call-{number}"}


FILES: dict[str, tuple[str, Made]] = {
    "usage .jsonl": ("usage/2026-03-02/{}.jsonl", line),
    "usage .jsonl.gz": ("usage/2026-03-02/{}.jsonl.gz", lambda number: gzip.compress(line(number))),
    "usage .jsonl.zst": ("usage/2026-03-02/{}.jsonl.zst", lambda number: zstandard.compress(line(number))),
    "usage .csv": ("usage/2026-03-02/{}.csv", lambda number: as_csv([usage(f"e{number}")])),
    "usage .parquet": ("usage/2026-03-02/{}.parquet", lambda number: parquet([usage(f"e{number}")])),
    "litellm .jsonl": ("litellm/2026-05-05/{}.jsonl", lambda number: json.dumps(payload(**call(number))).encode()),
    "litellm .json": (
        "litellm/2026-05-05/{}.json",
        lambda number: json.dumps(payload(**call(number)), indent=1).encode(),
    ),
    "litellm .csv": (
        "litellm/2026-05-05/{}.csv",
        lambda number: litellm_csv(table_row(request_id=f"chatcmpl-{number}")).encode(),
    ),
}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Counting]]:
    """The connections of the loads to come."""
    opened: list[Counting] = []
    plain = opening.connected

    def opens(warehouse: Path) -> Counting:
        opened.append(Counting(plain(warehouse)))
        return opened[-1]

    monkeypatch.setattr(opening, "connected", opens)
    yield opened


def calls_of(work: Callable[[], object]) -> int:
    """How often Python called or resumed something."""
    count = 0

    def on_event(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", FILES)
def test_work_grows_no_faster_than_the_files(
    make_zone: Callable[[str], ZoneFolder], counted: list[Counting], kind: str
) -> None:
    path, made = FILES[kind]
    calls = []
    for count in (FEW, MANY):
        zone = make_zone(f"of-{count}")
        for number in range(count):
            zone.put(path.format(number), made(number))
        calls.append(calls_of(zone.load))
        assert zone.query("select count(*), sum(accepted)::int from audit.load_audit") == [(count, count)]
    few, many = counted
    assert few.statements == many.statements
    assert many.rows < 2.2 * few.rows
    assert calls[1] < 2.2 * calls[0]


def test_parquet_files_come_in_statements_of_many(
    make_zone: Callable[[str], ZoneFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PARQUET_FILES", 3)
    zone = make_zone("zone")
    for number in range(8):
        zone.put(f"usage/2026-03-02/{number}.parquet", b"" if number == 4 else parquet([usage(f"e{number}")]))
    zone.load()
    assert zone.query("select count(*), sum(accepted)::int, sum(quarantined)::int from audit.load_audit") == [(8, 7, 1)]
