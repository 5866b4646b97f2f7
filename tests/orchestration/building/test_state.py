"""The state of builds in a warehouse of an earlier version, which had it among the tables of dbt."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.building.state import BuildState, UnbuiltError, read_state, require_marts
from orchestration.keeping import keep, kept_folder
from orchestration.warehouse import connected, opened
from tests.orchestration.loading.zones import ZoneFolder, usage

OLD_STATE = """
    drop schema if exists building cascade;
    create schema if not exists intermediate;
    create table intermediate.build_state (
        build_id integer primary key, load_id bigint, built_to varchar, clock varchar, fingerprint varchar,
        is_full_refresh boolean);
    alter table intermediate.build_state add column if not exists closed_to varchar default '';
    insert into intermediate.build_state values (3, 1, '', '2026-03-01', 'f', true, ''),
        (4, 1, '2026-03-01', '2026-03-01', 'g', false, '2026-02-28');
    create table intermediate.build_changes (
        build_id integer, tenant_id varchar, first_date date, primary key (build_id, tenant_id));
    insert into intermediate.build_changes values (4, 't1', '2026-02-27');
    create table intermediate.unfinished_builds (
        build_id integer, load_id bigint, built_to varchar, clock varchar, fingerprint varchar, closed_to varchar,
        pseudonyms varchar);
    create table intermediate.site_state (site varchar primary key, build_id integer);
    insert into intermediate.site_state values ('/var/www', 3);
    create table intermediate.int_clock as select date '2026-03-01' as last_landing_date;
"""
BUILT = BuildState(4, 1, "2026-03-01", "2026-03-01", "g", "2026-02-28", "")


@pytest.fixture
def zone(tmp_path: Path) -> ZoneFolder:
    zone = ZoneFolder(tmp_path / "zone")
    zone.lines("usage/2026-03-01/a.jsonl", usage("e1"))
    zone.load()
    with connected(zone.warehouse) as con:
        con.execute(OLD_STATE)
    return zone


def _tables(con: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = con.execute("select table_name from duckdb_tables() where schema_name = $1 order by 1", [schema]).fetchall()
    return [name for (name,) in rows]


@pytest.mark.parametrize("read_only", [True, False])
def test_whoever_opens_it_first_moves_the_state_with_every_row(zone: ZoneFolder, read_only: bool) -> None:
    with opened(zone.warehouse, read_only=read_only) as con:
        assert _tables(con, "intermediate") == ["int_clock"]
        assert con.execute("from building.build_changes").fetchall() == [(4, "t1", date(2026, 2, 27))]
        assert con.execute("from building.site_state").fetchall() == [("/var/www", 3)]
        assert con.execute("select build_id from building.build_state order by 1").fetchall() == [(3,), (4,)]
    assert read_state(zone.warehouse)[0] == BUILT
    require_marts(zone.warehouse, of_all_loaded=True)


def test_a_build_that_was_not_finished_is_still_not_finished(zone: ZoneFolder) -> None:
    with connected(zone.warehouse) as con:
        con.execute("insert into intermediate.unfinished_builds values (4, 1, '', '', 'h', '', '')")
    with pytest.raises(UnbuiltError, match="was broken off or failed"):
        require_marts(zone.warehouse)


def test_a_load_that_comes_first_moves_it_too_and_the_copy_beside_has_it(zone: ZoneFolder) -> None:
    zone.load()
    keep(zone.warehouse)
    with duckdb.connect(str(kept_folder(zone.warehouse) / "journals.duckdb"), read_only=True) as con:
        assert con.execute("select max(build_id) from building.build_state").fetchone() == (4,)


def test_a_copy_of_an_earlier_version_gives_a_new_warehouse_the_number_of_the_last_build(zone: ZoneFolder) -> None:
    zone.load()
    keep(zone.warehouse)
    with duckdb.connect(str(kept_folder(zone.warehouse) / "journals.duckdb")) as con:
        con.execute("create schema intermediate")
        con.execute("create table intermediate.build_state as from building.build_state")
        con.execute("drop schema building cascade")
    zone.warehouse.unlink()
    zone.load()
    with connected(zone.warehouse, read_only=True) as con:
        assert _tables(con, "intermediate") == []
        assert con.execute("select build_id, closed_to from building.build_state").fetchall() == [(4, "2026-02-28")]
