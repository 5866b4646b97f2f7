"""Files of a source that are read in another way than before are read again, and count once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.orchestration.loading.zones import ZoneFolder

CALLS = "select event_id, model, listed_model from lake.litellm_requests order by all"
READINGS = "select source, reading from lake.readings where source = 'litellm'"


def call(name: str) -> dict[str, object]:
    return {
        "request_id": name,
        "litellm_call_id": f"call-{name}",
        "startTime": "2026-03-01T10:00:00",
        "model": "openai/gpt-4o",
        "prompt_tokens": 5,
        "spend": 0,
    }


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    """A zone loaded by a version that gave calls other ids, and knew neither keys nor listed models."""
    zone = ZoneFolder(tmp_path)
    zone.lines("litellm/2026-03-01/kept.jsonl", call("a"), call("b"))
    zone.lines("litellm/2026-03-02/vanished.jsonl", call("c"))
    zone.load()
    lake = zone.warehouse.with_name(f"{zone.warehouse.stem}.lake")
    with duckdb.connect(str(zone.warehouse)) as con:
        for file in sorted(lake.rglob("litellm_requests*/**/*.parquet")):
            con.execute(
                f"create or replace temp table before as select * exclude (call_key, call_id, listed_model) "
                f"replace ('call-' || event_id as event_id, hash(tenant_id, 'call-' || event_id) as key_hash) "
                f"from read_parquet('{file}', hive_partitioning = false)"
            )
            con.execute(f"copy before to '{file}' (format parquet)")
        con.execute("update lake.parts set bytes = null, sha256 = null, stat = null; delete from lake.readings")
    return zone


def test_what_an_earlier_version_read_is_read_anew_and_counts_once(zone: ZoneFolder) -> None:
    summary = zone.load()
    assert summary.changed and summary.files_loaded == 2
    assert zone.query(CALLS) == [(name, "openai/gpt-4o", "openai/gpt-4o") for name in "abc"]
    assert zone.query(READINGS) == [("litellm", 4)]
    assert not zone.load().changed


def test_files_outside_the_asked_dates_are_read_anew_too(zone: ZoneFolder) -> None:
    zone.load(landing_dates=(date(2026, 3, 2), date(2026, 3, 2)))
    assert [row[0] for row in zone.query(CALLS)] == ["a", "b", "c"]


def test_what_a_vanished_file_gave_stays_as_it_was(zone: ZoneFolder) -> None:
    (zone.raw / "litellm" / "2026-03-02" / "vanished.jsonl").unlink()
    zone.load()
    assert zone.query(CALLS) == [
        ("a", "openai/gpt-4o", "openai/gpt-4o"),
        ("b", "openai/gpt-4o", "openai/gpt-4o"),
        ("call-c", "openai/gpt-4o", None),
    ]
    zone.lines("litellm/2026-03-03/more.jsonl", call("d"))
    zone.load()
    assert [row[0] for row in zone.query(CALLS)] == ["a", "b", "call-c", "d"]
