"""The warehouse's DuckDB file as a load opens it: made where there is none, with what was kept of one before it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.building.state import has_old_state, move_state
from orchestration.errors import TallybookError
from orchestration.keeping import Restored, restore
from orchestration.loading.lake.lake import sql_quoted
from orchestration.warehouse import connected, explained

# Of the file, not of the program: the oldest DuckDB that can open a warehouse.
STORAGE_VERSION = "v1.5.0"


class OpeningError(TallybookError):
    """The warehouse cannot be made where it should be."""


def opened_to_load(warehouse: Path) -> tuple[duckdb.DuckDBPyConnection, Restored]:
    """The warehouse, made where there is none, and what was restored into it. Raises OpeningError or WarehouseError."""
    restored = Restored()
    if not warehouse.exists():
        try:
            restored = _create(warehouse)
        except (duckdb.Error, OSError) as error:
            raise explained(error, warehouse) or OpeningError(f"{warehouse}: {' '.join(str(error).split())}") from error
    con = connected(warehouse)
    if has_old_state(con):
        move_state(con)
    return con, restored


def _create(warehouse: Path) -> Restored:
    """A new warehouse with what was kept of one before it; there whole, or not at all.

    In the newest layout, which every table of a build costs a quarter less to write in. Attached, not connected to: an
    option of the connection would have to be given by all who open the file later.
    """
    new = warehouse.with_name(f"{warehouse.name}.new")
    for left in (new, new.with_name(f"{new.name}.wal")):
        left.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"attach '{sql_quoted(str(new))}' as warehouse (storage_version '{STORAGE_VERSION}')")
    with duckdb.connect(str(new)) as con:
        restored = restore(warehouse, con)
    # The log of a file that is gone would be played back into this one.
    warehouse.with_name(f"{warehouse.name}.wal").unlink(missing_ok=True)
    new.replace(warehouse)
    return restored
