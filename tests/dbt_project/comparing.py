"""Two builds of the same lake: what differs, table by table."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb

from orchestration.building.build import build
from orchestration.warehouse import lake_root
from tests.parts import built_untested

TABLES = (
    "select table_schema || '.' || table_name from information_schema.tables where table_catalog = ? and "
    "(table_schema = 'marts' or regexp_matches(table_name, '^int_.*_(daily|hourly|days)$')) order by all"
)
_SHARED = {
    "intermediate.int_zone_days": "where (timezone, utc_date) in (select (timezone, utc_date) from "
    "built.intermediate.int_zone_days intersect select (timezone, utc_date) from again.intermediate.int_zone_days)"
}


def build_parts(warehouse: Path, to: date | None) -> bool:
    """Build what changed; whether it was an incremental build."""
    return not build(warehouse, warehouse.with_suffix(".dbt"), to=to).is_full_refresh


def differences_from_full_refresh(warehouse: Path, to: date | None) -> dict[str, int]:
    """Rows, by table, in which the warehouse differs from a full refresh of a copy of it. Same tables asserted."""
    full = warehouse.with_name("full.duckdb")
    shutil.copy(warehouse, full)
    shutil.copytree(lake_root(warehouse), lake_root(full), dirs_exist_ok=True)
    with built_untested():
        build(full, full.with_suffix(".dbt"), to=to, full_refresh=True)
    return different_tables(warehouse, full)


def different_tables(warehouse: Path, other: Path) -> dict[str, int]:
    """Rows, by table, in which two warehouses differ. Same tables asserted.

    Which dates the table of zone days holds depends on how a warehouse got where it is: those that both hold count.
    """
    with duckdb.connect() as con:
        con.execute(f"attach '{warehouse}' as built (read_only); attach '{other}' as again (read_only)")
        tables = [row[0] for row in con.execute(TABLES, ["built"]).fetchall()]
        assert tables == [row[0] for row in con.execute(TABLES, ["again"]).fetchall()]
        assert "marts.mart_item_daily" in tables
        return {table: rows for table in tables if (rows := _different_rows(con, table))}


def rows_of(warehouse: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(query).fetchall()


def _different_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    built, again = (f"(from {name}.{table} {_SHARED.get(table, '')})" for name in ("built", "again"))
    different = f"({built} except all {again}) union all ({again} except all {built})"
    row = con.execute(f"select count(*) from ({different})").fetchone()
    return row[0] if row else 0
