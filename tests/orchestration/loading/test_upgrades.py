"""A warehouse of a version that knew fewer columns: its lake gets them, by reading again what is still there."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.building.build import build
from orchestration.loading.lake.mending import LakeError
from tests.orchestration.loading.zones import ZoneFolder, usage

WRITES = "select event_id, cache_write_input_tokens, cache_write_1h_input_tokens from lake.usage_events order by all"
PRICES = "select usd_per_m_cache_write, usd_per_m_cache_write_1h, usd_per_m_output from lake.directory_prices"


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    """A zone with cache writes and their prices, loaded by a version that read neither."""
    zone = ZoneFolder(tmp_path)
    zone.directory(
        "prices",
        "model_id,valid_from,usd_per_m_input,usd_per_m_cache_write,usd_per_m_cache_write_1h,usd_per_m_output\n"
        "m1,2026-01-01,1,2,3,4\n",
    )
    tokens = {"input_tokens": 9, "cache_write_input_tokens": 3, "cache_write_1h_input_tokens": 4}
    zone.lines("usage/2026-03-01/kept.jsonl", usage("a", **tokens))
    zone.lines("usage/2026-03-02/vanished.jsonl", usage("b", **tokens))
    zone.load()
    lake = zone.warehouse.with_name(f"{zone.warehouse.stem}.lake")
    with duckdb.connect(str(zone.warehouse)) as con:
        for file in sorted(lake.rglob("usage_events*/**/*.parquet")):
            con.execute(
                "create or replace temp table before as "
                "select * exclude (cache_write_input_tokens, cache_write_1h_input_tokens) "
                f"from read_parquet('{file}', hive_partitioning = false)"
            )
            con.execute(f"copy before to '{file}' (format parquet)")
        con.execute(
            "update lake.parts set bytes = null, sha256 = null, stat = null; update lake.readings set reading = 1"
        )
        con.execute("alter table lake.directory_prices drop column usd_per_m_cache_write")
        con.execute("alter table lake.directory_prices drop column usd_per_m_cache_write_1h")
    return zone


def test_files_and_directory_are_read_again_for_columns_that_came_since(zone: ZoneFolder) -> None:
    zone.remove("usage/2026-03-02/vanished.jsonl")
    assert zone.load().changed
    assert zone.query(WRITES) == [("a", 3, 4), ("b", None, None)]
    assert zone.query(PRICES) == [(2, 3, 4)]
    assert not zone.load().changed


def test_where_every_file_has_vanished_the_lake_has_the_columns_all_the_same(zone: ZoneFolder) -> None:
    zone.remove("usage/2026-03-01/kept.jsonl")
    zone.remove("usage/2026-03-02/vanished.jsonl")
    zone.load()
    assert zone.query(WRITES) == [("a", None, None), ("b", None, None)]
    assert not zone.load().changed


def test_a_build_asks_for_the_load_that_brings_the_lake_up_to_date(zone: ZoneFolder, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="tallybook load brings it up to date"):
        build(zone.warehouse, tmp_path / "dbt")


def test_an_incremental_load_after_the_upgrade_leaves_what_it_gave(zone: ZoneFolder) -> None:
    zone.load()
    zone.lines("usage/2026-03-03/more.jsonl", usage("c", input_tokens=5, cache_write_input_tokens=5))
    zone.load()
    assert zone.query(WRITES) == [("a", 3, 4), ("b", 3, 4), ("c", 5, 0)]
