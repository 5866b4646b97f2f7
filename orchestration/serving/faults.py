"""Whether the serving file is what its warehouse would make it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.building.dbt_runner import ensure_manifest
from orchestration.loading.lake.lake import quoted
from orchestration.serving.meanings import read_marts
from orchestration.serving.serve import is_current
from orchestration.warehouse import opened, serving_file


def serving_faults(warehouse: Path) -> list[str]:
    """Where the serving file is not there, not of the last build, or does not add up to the facts; lines to read."""
    file = serving_file(warehouse)
    if not file.is_file():
        return [f"{file} is missing: tallybook build writes it"]
    if not is_current(warehouse):
        return [f"{file} is not what the last build wrote: tallybook build writes it again"]
    try:
        with duckdb.connect(str(file), read_only=True) as con:
            served = _sums(con)
    except duckdb.Error as error:
        return [f"{file} cannot be read ({' '.join(str(error).split())[:160]}): remove it, and run tallybook build"]
    with opened(warehouse, read_only=True) as con:
        built = _sums(con)
    return [
        f"{file}: {table} has {served.get(table)} rows and credits, the warehouse {sums}"
        for table, sums in built.items()
        if served.get(table) != sums
    ]


def _sums(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[object, ...]]:
    """Rows and credits of each mart that has credits and is no view, by name."""
    wanted = {mart.name for mart in read_marts(ensure_manifest()) if "credits" in mart.columns}
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'marts' order by 1").fetchall()
    found = {}
    for (table,) in tables:
        if table in wanted:
            row = con.execute(f"select count(*), sum(credits) from marts.{quoted(table)}").fetchone()
            assert row is not None
            found[table] = row
    return found
