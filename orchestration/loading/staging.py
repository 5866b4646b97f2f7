"""Small lists of Python values as temporary tables.

They travel through Arrow: a list bound as a parameter costs DuckDB a millisecond per element.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

TYPES = {
    "varchar": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}


def stage_rows(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    """Create or replace temporary table `name`. columns: name → a key of TYPES; each row in that order."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = {column: pa.array(cells, TYPES[columns[column]]) for column, cells in zip(columns, values, strict=True)}
    con.register("staged_rows", pa.table(arrays))
    con.execute(f"create or replace temp table {name} as from staged_rows")
    con.unregister("staged_rows")
