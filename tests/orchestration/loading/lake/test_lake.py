"""The Parquet lake: what is written again and what is left, one transaction, and what a crash leaves behind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.loading import load as loading
from orchestration.loading.lake.lake import MAX_PARTS, Lake
from orchestration.loading.opening import STORAGE_VERSION
from orchestration.warehouse import DamagedWarehouseError
from tests.orchestration.loading.zones import ZoneFolder, billing, day, job, usage

IDS = "select event_id from lake.usage_events order by 1"
REVISIONS = "select event_id, revision from lake.usage_events order by 1"


def on(date: int, event_id: str, **fields: object) -> dict[str, object]:
    return usage(event_id, occurred_at=f"2026-03-{date:02}T10:00:00Z", **fields)


def test_untouched_partitions_are_left_alone(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-02/a.jsonl", on(1, "e1"), on(2, "e2"))
    zone.load()
    before = zone.parquet_files()
    zone.lines("usage/2026-03-03/a.jsonl", on(2, "e2", revision=1), on(3, "e3"))
    zone.load()
    after = zone.parquet_files()
    assert {path for path in before if "event_date=2026-03-01" in path} <= after
    assert before - after == {path for path in before if path.startswith("usage_events/event_date=2026-03-02")}
    assert zone.query(REVISIONS) == [("e1", 0), ("e2", 1), ("e3", 0)]


def test_a_partition_that_only_gains_rows_is_written_anew_now_and_then(zone: ZoneFolder) -> None:
    for number in range(MAX_PARTS + 1):
        zone.lines(f"usage/2026-03-01/{number}.jsonl", usage(f"e{number}"))
        zone.load()
        assert len(zone.parquet_files()) == (number + 1 if number < MAX_PARTS else 1)
    assert len(zone.query(IDS)) == MAX_PARTS + 1


def test_a_partition_whose_last_row_leaves_is_gone(zone: ZoneFolder) -> None:
    zone.lines("usage/2026-03-02/a.jsonl", on(1, "e1"))
    zone.load()
    zone.lines("usage/2026-03-02/a.jsonl", on(2, "e1"))
    zone.load()
    assert [path.split("/")[1] for path in zone.parquet_files()] == ["event_date=2026-03-02"]


def test_without_logs_the_views_are_empty_and_typed(zone: ZoneFolder) -> None:
    zone.load()
    types = dict(
        zone.query(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'lake' and table_name = 'usage_events'"
        )
    )
    assert (types["occurred_at"], types["credits"], types["event_date"], types["file_id"]) == (
        "TIMESTAMP",
        "DECIMAL(18,6)",
        "DATE",
        "INTEGER",
    )
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.lines("billing/2026-03-01/a.jsonl", billing("b1"))
    zone.lines("jobs/2026-03-01/a.jsonl", job("r1"))
    zone.load()
    assert types == dict(
        zone.query(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'lake' and table_name = 'usage_events'"
        )
    )
    for view in ("usage_events", "billing_events", "job_runs"):
        assert zone.query(f"select count(*), min(event_date)::varchar from lake.{view}") == [(1, "2026-03-01")]


def test_a_crash_before_the_commit_leaves_the_old_state(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"), usage("e2"))
    zone.load()
    before, files = zone.state(), zone.parquet_files()
    zone.lines("usage/2026-03-02/a.jsonl", usage("e1", revision=1), usage("e3"))

    def crash(*args: object, **options: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(loading, "publish_audit", crash)
        with pytest.raises(RuntimeError):
            zone.load()
    assert zone.state() == before
    orphans = zone.parquet_files() - files
    assert orphans
    zone.load()
    assert zone.query(REVISIONS) == [("e1", 1), ("e2", 0), ("e3", 0)]
    assert {row[0] for row in zone.query("select path from lake.parts")} == zone.parquet_files()


def test_a_crash_after_the_commit_leaves_the_new_state(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    zone.lines("usage/2026-03-01/a.jsonl", usage("e2"))
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "sweep_leaving", lambda self: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            zone.load()
    assert zone.query(IDS) == [("e2",)]
    assert zone.load().changed is False
    assert len(zone.parquet_files()) == 1


def test_a_reader_sees_all_of_a_load_or_nothing(zone: ZoneFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    seen: list[tuple[int, int, int]] = []
    publish = loading.publish_audit

    def look(con: duckdb.DuckDBPyConnection, *args: object, **options: object) -> None:
        publish(con, *args, **options)
        with con.cursor() as other:
            seen.append(
                other.execute(
                    "select (select count(*) from lake.usage_events), (select count(*) from lake.files), "
                    "(select count(*) from lake.loads)"
                ).fetchone()
            )

    monkeypatch.setattr(loading, "publish_audit", look)
    zone.lines("usage/2026-03-01/b.jsonl", usage("e2"))
    zone.load()
    assert seen == [(1, 1, 1)]
    assert zone.query(IDS) == [("e1",), ("e2",)]


def test_names_that_mean_something_to_sql_or_globs_are_only_names(tmp_path: Path) -> None:
    zone = ZoneFolder(tmp_path / "o'brien [1] * {x}")
    zone.lines("usage/2026-03-01/it's [a] file*.jsonl", usage("o'brien; drop table"), usage("e2", tenant_id="a/../b"))
    zone.load()
    zone.lines("usage/2026-03-02/b.jsonl", usage("e2", tenant_id="a/../b", revision=1))
    zone.load()
    assert zone.query(REVISIONS) == [("e2", 1), ("o'brien; drop table", 0)]


def test_times_before_the_first_of_2000_are_set_aside_and_stop_nothing(zone: ZoneFolder) -> None:
    zone.lines(
        "usage/2026-03-01/a.jsonl",
        usage("e1", occurred_at="0001-01-01T00:00:00Z"),
        usage("e2", occurred_at="0001-01-01T00:00:00+14:00"),
        usage("e3", occurred_at="1970-01-01T00:00:00Z"),
        usage("e4", occurred_at="2000-01-01T00:00:00Z"),
        usage("e5", occurred_at="1999-12-31T23:59:59-00:01"),
    )
    zone.load(quarantine_limit_pct=100)
    assert zone.query("select accepted, quarantined from audit.load_audit") == [(2, 3)]
    assert zone.query(IDS) == [("e4",), ("e5",)]
    assert zone.query("select distinct reason, detail from audit.quarantine") == [("bad_value", "occurred_at")]


def test_a_split_beyond_the_type_of_its_parts_stops_nothing(zone: ZoneFolder) -> None:
    most = "999999999999.999999"
    zone.lines(
        "usage/2026-03-01/a.jsonl",
        usage("e1", input_credits=most, output_credits=most),
        usage("e2", input_credits=most, output_credits=most, credits=most),
        usage("e3"),
    )
    zone.load(quarantine_limit_pct=100)
    assert zone.query(IDS) == [("e1",), ("e3",)]
    assert zone.query("select reason, detail from audit.quarantine") == [("bad_value", "credits")]


def test_a_warehouse_that_cannot_be_opened_is_named(zone: ZoneFolder) -> None:
    zone.warehouse.parent.mkdir(parents=True)
    zone.warehouse.write_text("something else entirely, and long enough to be looked at" * 100, encoding="utf-8")
    with pytest.raises(DamagedWarehouseError, match="w.duckdb is damaged"):
        zone.load()


def test_a_new_warehouse_has_the_newest_layout_and_opens_as_any_other(zone: ZoneFolder) -> None:
    zone.load()
    layout = "select tags['storage_version'] from duckdb_databases() where database_name = 'w'"
    assert zone.query(layout) == [(f"{STORAGE_VERSION}+",)]
    with duckdb.connect(str(zone.warehouse)) as con:
        con.execute("create table more as select 1 as one")
    zone.load(full_refresh=True)
    assert zone.query("from more") == [(1,)]
    assert zone.query(layout) == [(f"{STORAGE_VERSION}+",)]


def test_a_full_refresh_takes_no_landing_dates(zone: ZoneFolder) -> None:
    with pytest.raises(loading.LoadError, match="full refresh"):
        zone.load(full_refresh=True, landing_dates=(day("2026-03-01"), day("2026-03-01")))


def test_a_moved_warehouse_finds_its_lake_again(zone: ZoneFolder, tmp_path: Path) -> None:
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    zone.warehouse.parent.rename(tmp_path / "moved")
    zone.warehouse = tmp_path / "moved" / zone.warehouse.name
    assert zone.load().changed is False
    assert zone.query(IDS) == [("e1",)]
