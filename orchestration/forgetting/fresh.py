"""The DuckDB file copied into a new one: what was deleted lies in its free blocks until something else is put there."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from orchestration.loading.lake.lake import sql_quoted
from orchestration.warehouse import connected, in_sentences


def copy_afresh(warehouse: Path, storage_version: str) -> None:
    """Put a copy with nothing but its present content in the place of the file. The caller holds the writer's lock."""
    new = warehouse.with_name(f"{warehouse.name}.new")
    log = warehouse.with_name(f"{warehouse.name}.wal")
    for left in (new, new.with_name(f"{new.name}.wal")):
        left.unlink(missing_ok=True)
    with connected(warehouse) as con:
        con.execute("checkpoint")
    with in_sentences(warehouse), duckdb.connect() as con:
        con.execute(f"attach '{sql_quoted(str(warehouse))}' as warehouse (read_only)")
        con.execute(f"attach '{sql_quoted(str(new))}' as fresh (storage_version '{storage_version}')")
        con.execute("copy from database warehouse to fresh")
        con.execute("detach fresh")
        con.execute("detach warehouse")
    with new.open("rb") as written:
        os.fsync(written.fileno())
    new.replace(warehouse)
    log.unlink(missing_ok=True)
