"""Reads landed files of a native source into typed rows, good and bad ones, in temporary tables of a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.loading.blocks import HashedFile, UnreadableFile, as_columns, decompressed, lines
from orchestration.loading.csv_records import Header, csv_cells, csv_records, csv_rows, read_header
from orchestration.loading.fields import SOURCES, Source
from orchestration.loading.jsonl import jsonl_cells, jsonl_rows
from orchestration.loading.landing import LandedFile
from orchestration.loading.parquet_rows import (
    columns_of,
    known_columns,
    parquet_cells,
    parquet_rows,
    read_halving,
    schema_of,
)
from orchestration.loading.validation import UNREADABLE, has_nonfinite, landed_columns, typed_rows
from orchestration.progress import Progress, silent

FORMATS = {"jsonl": (".jsonl", ".jsonl.gz", ".jsonl.zst"), "csv": (".csv", ".csv.gz"), "parquet": (".parquet",)}
# Small files travel together: a batch costs DuckDB the same whether it holds ten rows or ten thousand.
BATCH_ROWS = 8192
INCOMING = "read_incoming"
LINE_SCHEMA = pa.schema([("file_id", pa.int32()), ("landing_date", pa.date32()), ("line_no", pa.int64()),
                         ("line", pa.large_string()), ("intact", pa.bool_())])
CSV_SCHEMA = LINE_SCHEMA.append(pa.field("width", pa.int32())).append(pa.field("positions", pa.list_(pa.int32())))
Batches = Callable[[LandedFile, Iterator[bytes]], Iterator[pa.RecordBatch]]


def read_files(con: duckdb.DuckDBPyConnection, source: str, files: Sequence[LandedFile],
               progress: Progress = silent) -> None:
    """Append the rows of the files to landed_<source>, landed_files and landed_drift of `con`.

    landed_<source>: one row per row of a file, typed, with reason, detail and raw_text where it is bad; of an
    unreadable file one row of line 0. landed_files: file_id, sha256, bytes, rows_read, quarantined, unreadable.
    landed_drift: file_id, field, for each unknown field. Runs statements of its own, so not within a transaction.
    Raises OSError if a file cannot be read from disk.
    """
    _Reading(con, SOURCES[source], files, progress).run()


class _Reading:
    def __init__(self, con: duckdb.DuckDBPyConnection, source: Source, files: Sequence[LandedFile],
                 progress: Progress) -> None:
        self.con = con
        self.source = source
        self.files = files
        self.progress = progress
        self.hashes: dict[int, tuple[str, int]] = {}
        self.unreadable: dict[int, str] = {}
        self.drift: set[tuple[int, str]] = set()
        self.disk_fault: OSError | None = None

    def run(self) -> None:
        """Read all files, format by format."""
        self._create_tables()
        of_format: dict[str, list[LandedFile]] = {"jsonl": [], "csv": [], "parquet": [], "other": []}
        for file in self.files:
            of_format[_format_of(file.path)].append(file)
        source = self.source
        self._read_text(of_format["jsonl"], LINE_SCHEMA, self._jsonl_batches,
                        typed_rows(source, jsonl_rows(source, INCOMING), jsonl_cells(source), has_nonfinite("raw")))
        self._read_text(of_format["csv"], CSV_SCHEMA, self._csv_batches,
                        typed_rows(source, csv_rows(source, INCOMING), csv_cells(source)))
        self._read_parquet(of_format["parquet"])
        for file in of_format["other"]:
            self._hash_only(file)
            self.unreadable[file.file_id] = "its ending is none of those that are read"
        self._account()

    def _create_tables(self) -> None:
        columns = ", ".join(landed_columns(self.source))
        self.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.source.table} ({columns})")
        self.con.execute("CREATE TEMP TABLE IF NOT EXISTS landed_files (file_id INTEGER, sha256 VARCHAR, bytes BIGINT, "
                         "rows_read BIGINT, quarantined BIGINT, unreadable BOOLEAN)")
        self.con.execute("CREATE TEMP TABLE IF NOT EXISTS landed_drift (file_id INTEGER, field VARCHAR)")

    def _read_text(self, files: Sequence[LandedFile], schema: pa.Schema, batches: Batches, rows: str) -> None:
        if not files:
            return
        reader = pa.RecordBatchReader.from_batches(schema, _gathered(self._each(files, batches)))
        self.con.register(INCOMING, reader)
        try:
            self.con.execute(f"INSERT INTO {self.source.table} {rows}")
        except duckdb.Error:
            if self.disk_fault is not None:
                raise self.disk_fault from None
            raise
        finally:
            self.con.unregister(INCOMING)

    def _each(self, files: Sequence[LandedFile], batches: Batches) -> Iterator[pa.RecordBatch]:
        for file in files:
            try:
                with HashedFile(file.local) as opened:
                    try:
                        yield from batches(file, decompressed(opened, Path(file.path).suffix))
                    except UnreadableFile as fault:
                        self.unreadable[file.file_id] = str(fault)
                    self._hashed(file, opened)
            except OSError as fault:
                self.disk_fault = fault
                raise

    def _jsonl_batches(self, file: LandedFile, content: Iterator[bytes]) -> Iterator[pa.RecordBatch]:
        for records in lines(content):
            yield _batch(file, LINE_SCHEMA, as_columns(records))

    def _csv_batches(self, file: LandedFile, content: Iterator[bytes]) -> Iterator[pa.RecordBatch]:
        header: Header | None = None
        for records in csv_records(content):
            columns = as_columns(records)
            if header is None and len(columns[0]):
                header = read_header(columns[1][0].as_py(), columns[2][0].as_py(), self.source)
                self.drift.update((file.file_id, name) for name in header.unknown)
                columns = tuple(column[1:] for column in columns)
            if header is not None:
                yield _batch(file, CSV_SCHEMA, (*columns, *_layout(header, len(columns[0]))))

    def _read_parquet(self, files: Sequence[LandedFile]) -> None:
        groups: dict[str, list[LandedFile]] = {}
        for file in files:
            self._hash_only(file)
            try:
                groups.setdefault(schema_of(file.local), []).append(file)
            except UnreadableFile as fault:
                self.unreadable[file.file_id] = str(fault)
        for group in groups.values():
            self._read_parquet_group(group)

    def _read_parquet_group(self, group: Sequence[LandedFile]) -> None:
        by_path = {str(file.local): file for file in group}
        listed = pa.table({"path": list(by_path), "file_id": pa.array([file.file_id for file in group], pa.int32()),
                           "landing_date": pa.array([file.landing_date for file in group], pa.date32())})

        def give_up(path: str, why: str) -> None:
            self.unreadable[by_path[path].file_id] = why

        def read(paths: Sequence[str]) -> None:
            columns = columns_of(self.con, Path(paths[0]))
            known = known_columns(columns, self.source)
            rows = typed_rows(self.source, parquet_rows(self.source, known, INCOMING),
                              parquet_cells(self.source, known))
            self.con.execute(f"INSERT INTO {self.source.table} {rows}", {"paths": list(paths)})
            unknown = [name for name, _ in columns if name not in known]
            self.drift.update((by_path[path].file_id, name) for path in paths for name in unknown)

        self.con.register(INCOMING, listed)
        try:
            read_halving(list(by_path), read, give_up)
        finally:
            self.con.unregister(INCOMING)

    def _hash_only(self, file: LandedFile) -> None:
        with HashedFile(file.local) as opened:
            self._hashed(file, opened)

    def _hashed(self, file: LandedFile, opened: HashedFile) -> None:
        self.hashes[file.file_id] = (opened.sha256(), opened.bytes)
        self.progress(f"read {self.source.name}", len(self.hashes), len(self.files))

    def _account(self) -> None:
        """Replace what an unreadable file gave by its one row, and sum up every file."""
        table = self.source.table
        broken = pa.table({"file_id": pa.array(list(self.unreadable), pa.int32()),
                           "detail": pa.array(list(self.unreadable.values()), pa.string())})
        named = {file.file_id: file.landing_date for file in self.files}
        listed = pa.table({
            "file_id": pa.array(list(named), pa.int32()),
            "landing_date": pa.array(list(named.values()), pa.date32()),
            "sha256": pa.array([self.hashes[file_id][0] for file_id in named], pa.string()),
            "bytes": pa.array([self.hashes[file_id][1] for file_id in named], pa.int64()),
        })
        drift = pa.table({"file_id": pa.array([file_id for file_id, _ in sorted(self.drift)], pa.int32()),
                          "field": pa.array([field for _, field in sorted(self.drift)], pa.string())})
        with _registered(self.con, {"read_broken": broken, "read_listed": listed, "read_drift": drift}):
            if self.unreadable:
                self.con.execute(f"DELETE FROM {table} WHERE file_id IN (SELECT file_id FROM read_broken)")
                self.con.execute(f"""
                    INSERT INTO {table} BY NAME
                    SELECT '{self.source.name}' AS source, landing_date, file_id, 0 AS line_no,
                           '{UNREADABLE}' AS reason, detail
                    FROM read_broken JOIN read_listed USING (file_id)""")
            self.con.execute(f"""
                INSERT INTO landed_files
                SELECT file_id, sha256, bytes, coalesce(rows_read, 0), coalesce(quarantined, 0),
                       file_id IN (SELECT file_id FROM read_broken)
                FROM read_listed LEFT JOIN (SELECT file_id, count(*) AS rows_read, count(reason) AS quarantined
                                            FROM {table} GROUP BY file_id) USING (file_id)""")
            self.con.execute(f"""
                INSERT INTO landed_drift
                SELECT DISTINCT file_id, field
                FROM (FROM read_drift UNION ALL
                      SELECT file_id, unnest(unknown_fields) FROM {table} WHERE unknown_fields IS NOT NULL)
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


def _format_of(path: str) -> str:
    for name, endings in FORMATS.items():
        if path.endswith(endings):
            return name
    return "other"


def _batch(file: LandedFile, schema: pa.Schema, columns: Sequence[pa.Array]) -> pa.RecordBatch:
    rows = len(columns[0])
    file_ids = pa.array(np.full(rows, file.file_id, np.int32))
    dates = pa.array(np.full(rows, np.datetime64(file.landing_date, "D")))
    return pa.RecordBatch.from_arrays([file_ids, dates, *columns], schema=schema)


def _layout(header: Header, rows: int) -> tuple[pa.Array, pa.Array]:
    """The header's width and positions for each of the rows."""
    size = len(header.positions)
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * size)
    positions = pa.array(np.tile(np.array(header.positions, np.int32), rows))
    return pa.array(np.full(rows, header.width, np.int32)), pa.ListArray.from_arrays(offsets, positions)


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= BATCH_ROWS:
            yield pa.concat_batches(waiting) if len(waiting) > 1 else waiting[0]
            waiting, rows = [], 0
    if rows:
        yield pa.concat_batches(waiting)
