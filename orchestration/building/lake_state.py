"""Whether the lake beside a warehouse is the one that was loaded, for whoever reads it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.loading.lake.lake import committed_parts
from orchestration.loading.lake.lake_files import Looked, look_at, strays
from orchestration.loading.lake.mending import LakeError, damage_message
from orchestration.loading.sources import SOURCES
from orchestration.warehouse import lake_root, opened


def look_at_lake(warehouse: Path) -> Looked:
    """Which files of the lake are missing or not as they were written.

    Reads those alone that look other than they did: a byte that changed behind the times of its file is found by
    `audit_lake`.
    """
    if not warehouse.exists():
        return Looked({}, ())
    with opened(warehouse, read_only=True) as con:
        try:
            parts = committed_parts(con)
        except duckdb.CatalogException:
            return Looked({}, ())
    return look_at(parts, lake_root(warehouse))


def require_whole_lake(warehouse: Path) -> None:
    """Raise LakeError where `look_at_lake` finds any that is not."""
    if damaged := look_at_lake(warehouse).damaged:
        raise LakeError(
            f"{damage_message(damaged, lake_root(warehouse))}: tallybook load mends it from the landing zone"
        )


def require_current_lake(warehouse: Path) -> None:
    """Raise LakeError where an earlier version loaded the lake: it lacks columns that the models read."""
    readings = {source.name: source.reading for source in SOURCES}
    with opened(warehouse, read_only=True) as con:
        stored = con.execute("select source, reading from lake.readings").fetchall()
    if any(readings.get(source, reading) != reading for source, reading in stored):
        raise LakeError(f"an earlier version loaded the lake of {warehouse}: tallybook load brings it up to date")


def audit_lake(warehouse: Path) -> list[str]:
    """Read every file of the lake; a line on each that is not as it was written, missing, or not of the lake.

    What was found is noted, so that the next load mends it though it looks as it did.
    """
    root = lake_root(warehouse)
    with opened(warehouse) as con:
        parts = committed_parts(con)
        damaged = look_at(parts, root, thoroughly=True).damaged
        con.begin()
        con.executemany("update lake.parts set stat = null where path = ?", [[path] for path in damaged] or [[""]])
        con.commit()
    return [
        *(f"{root / path} {fault}: tallybook run mends it from the landing zone" for path, fault in damaged.items()),
        *(
            f"{root / path} is no file of the lake, and is not read: take it away"
            for path in strays((part.path for part in parts), root)
        ),
    ]
