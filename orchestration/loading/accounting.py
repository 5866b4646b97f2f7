"""What reading says of each file: rows, bad rows, hash, size, unknown fields."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from orchestration.loading.fields import RecordSchema
from orchestration.loading.validation import UNREADABLE
from orchestration.loading.work_tables import ReadTables
from orchestration.loading.zone.landing import LandedFile


def account(
    con: duckdb.DuckDBPyConnection,
    source: RecordSchema,
    files: Sequence[LandedFile],
    hashes: Mapping[int, tuple[str, int]],
    unreadable: Mapping[int, str],
    drift: Collection[tuple[int, str]],
    into: ReadTables,
) -> None:
    """Replace what an unreadable file gave by its one row, and sum up every file in `into`.

    hashes: file_id → (sha256, bytes), of every file; unreadable: file_id → why; drift: (file_id, unknown field), to
    which the rows' own unknown_fields are added.
    """
    table = source.table
    broken = pa.table(
        {"file_id": pa.array(list(unreadable), pa.int32()), "detail": pa.array(list(unreadable.values()), pa.string())}
    )
    named = {file.file_id: file.landing_date for file in files}
    # Objects come in batches, each with higher numbers than the one before: what those gave is not looked at again.
    own = f"{table} WHERE file_id >= {min(named, default=0)}"
    listed = pa.table(
        {
            "file_id": pa.array(list(named), pa.int32()),
            "landing_date": pa.array(list(named.values()), pa.date32()),
            "sha256": pa.array([hashes[file_id][0] for file_id in named], pa.string()),
            "bytes": pa.array([hashes[file_id][1] for file_id in named], pa.int64()),
        }
    )
    fields = pa.table(
        {
            "file_id": pa.array([file_id for file_id, _ in sorted(drift)], pa.int32()),
            "field": pa.array([field for _, field in sorted(drift)], pa.string()),
        }
    )
    with _registered(con, {"read_broken": broken, "read_listed": listed, "read_drift": fields}):
        if unreadable:
            con.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT file_id FROM read_broken)")
            con.execute(f"""
                INSERT INTO {table} BY NAME
                SELECT '{source.name}' AS source, landing_date, file_id, 0 AS line_no,
                       '{UNREADABLE}' AS reason, detail
                FROM read_broken JOIN read_listed USING (file_id)""")
        con.execute(f"""
            INSERT INTO {into.files}
            SELECT file_id, sha256, bytes, coalesce(rows_read, 0), coalesce(quarantined, 0),
                   file_id IN (SELECT file_id FROM read_broken)
            FROM read_listed LEFT JOIN (SELECT file_id, count(*) AS rows_read, count(reason) AS quarantined
                                        FROM {own} GROUP BY file_id) USING (file_id)""")
        con.execute(f"""
            INSERT INTO {into.drift}
            SELECT DISTINCT file_id, field
            FROM (FROM read_drift UNION ALL
                  SELECT file_id, unnest(unknown_fields) FROM {own} AND unknown_fields IS NOT NULL)
            WHERE file_id IN (SELECT file_id FROM read_listed)
              AND file_id NOT IN (SELECT file_id FROM read_broken)""")


@contextmanager
def _registered(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> Iterator[None]:
    for name, table in tables.items():
        con.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)
