"""Reads landed files of a native source into typed rows, good and bad ones, in temporary tables of a connection."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.loading.accounting import account
from orchestration.loading.fields import NATIVE_SCHEMAS, RecordSchema
from orchestration.loading.json_objects import has_nonfinite
from orchestration.loading.lake.lake import glob_quoted
from orchestration.loading.readers.batches import CSV_SCHEMA, LINE_SCHEMA, ahead, csv_batches, gathered, json_batches
from orchestration.loading.readers.blocks import HashedFile, UnreadableFile, decompressed
from orchestration.loading.readers.csv_records import csv_cells, csv_rows
from orchestration.loading.readers.jsonl import jsonl_cells, jsonl_rows
from orchestration.loading.readers.long_json import Wanted
from orchestration.loading.readers.parquet_copy import may_be_copied, needs_copy, plain_copy
from orchestration.loading.readers.parquet_rows import (
    columns_of,
    known_columns,
    parquet_cells,
    parquet_rows,
    parquet_shown,
    read_halving,
    schema_of,
)
from orchestration.loading.readers.plain_lines import PlainLines, plain_cells, plain_rows
from orchestration.loading.staging import stage_rows
from orchestration.loading.validation import landed_columns, typed_rows
from orchestration.loading.work_tables import READ_TABLES, ReadTables
from orchestration.loading.zone.landing import LandedFile
from orchestration.progress import Progress, silent

FORMATS = {
    "jsonl": (".jsonl", ".jsonl.gz", ".jsonl.zst"),
    "csv": (".csv", ".csv.gz"),
    "parquet": (".parquet",),
    "json": (".json", ".json.gz", ".json.zst"),
}
INCOMING = "read_incoming"
# So much memory may odd lines take while the plain ones around them are read.
ODD_BYTES = 64 << 20
# So many Parquet files are read by one statement: it holds some hundred kilobytes of each until it ends.
PARQUET_FILES = 1000
Batches = Callable[[LandedFile, Iterator[bytes]], Iterator[pa.RecordBatch]]


def read_files(
    con: duckdb.DuckDBPyConnection,
    source: str,
    files: Sequence[LandedFile],
    progress: Progress = silent,
    into: ReadTables = READ_TABLES,
) -> None:
    """Append the rows of the files to landed_<source>, and what was found in each to `into`.

    landed_<source>: one row per row of a file, typed, with reason, detail and raw_text where it is bad; of an
    unreadable file one row of line 0. Runs statements of its own, so not within a transaction.
    Raises OSError if a file cannot be read from disk.
    """
    # Arrow's own allocator gives each block's memory back to the system and gets it again page by page, at a third of
    # the whole time.
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    Reading(con, NATIVE_SCHEMAS[source], files, progress, into).run()


class Reading:
    """One call of `read_files`. A foreign source has its own columns and its own SQL for the rows of a text format."""

    formats: Collection[str] = ("jsonl", "csv", "parquet")

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        source: RecordSchema,
        files: Sequence[LandedFile],
        progress: Progress,
        into: ReadTables,
    ) -> None:
        self.con = con
        self.source = source
        self.files = files
        self.progress = progress
        self.into = into
        self.hashes: dict[int, tuple[str, int]] = {}
        self.unreadable: dict[int, str] = {}
        self.drift: set[tuple[int, str]] = set()
        self.disk_fault: OSError | None = None
        self._wanted = self.wanted()

    def run(self) -> None:
        """Read all files, format by format."""
        self._create_tables()
        of_format: dict[str, list[LandedFile]] = {name: [] for name in (*FORMATS, "other")}
        for file in self.files:
            of_format[self.format_of(file.path)].append(file)
        self._read_json([*of_format["jsonl"], *of_format["json"]])
        self._insert(self._each(of_format["csv"], self._csv_batches), CSV_SCHEMA, self.csv_sql())
        self._read_parquet(of_format["parquet"])
        for file in of_format["other"]:
            self._hash_only(file)
            self.unreadable[file.file_id] = "its ending is none of those that are read"
        account(self.con, self.source, self.files, self.hashes, self.unreadable, self.drift, self.into)

    def columns(self) -> list[str]:
        """Column definitions of landed_<source>, in the order in which the SQL of each format gives them."""
        return landed_columns(self.source)

    def plain_lines(self) -> PlainLines | None:
        """What takes the ordinary JSON lines off the hands of `jsonl_sql`, if anything does."""
        return PlainLines(self.source)

    def jsonl_sql(self) -> str:
        """SELECT of the landed rows over the lines of INCOMING, in LINE_SCHEMA."""
        rows = jsonl_rows(self.source, INCOMING)
        return typed_rows(self.source, rows, jsonl_cells(self.source), has_nonfinite("raw"))

    def csv_sql(self) -> str:
        """The same over the CSV records of INCOMING, in CSV_SCHEMA."""
        return typed_rows(self.source, csv_rows(self.source, INCOMING), csv_cells(self.source))

    def format_of(self, path: str) -> str:
        """A key of FORMATS, or 'other' for an ending that is not read."""
        return next((name for name in self.formats if path.endswith(FORMATS[name])), "other")

    def wanted(self) -> Wanted:
        """What is read of a JSON object."""
        return Wanted.of(field.name for field in self.source.fields)

    def _create_tables(self) -> None:
        columns = ", ".join(self.columns())
        self.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {self.source.table} ({columns})")
        for table in (self.into.files, self.into.drift):
            self.con.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({table.columns})")

    def _read_json(self, files: Sequence[LandedFile]) -> None:
        """Plain lines as they come; odd ones wait until there are many, since a statement reads one kind only."""
        plain = self.plain_lines()
        if plain is None:
            self._insert(self._each(files, self._json_batches), LINE_SCHEMA, self.jsonl_sql())
            return
        rows = typed_rows(self.source, plain_rows(self.source, INCOMING), plain_cells(self.source))
        odd: list[pa.RecordBatch] = []
        batches = self._plain_batches(plain, odd, gathered(self._each(files, self._json_batches)))
        for first in batches:
            self._insert(_until_many(first, batches, odd), plain.schema, rows)
            self._insert(iter(odd), LINE_SCHEMA, self.jsonl_sql())
            odd.clear()

    def _insert(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, rows: str) -> None:
        first = next(batches, None)
        if first is None:
            return
        reader = pa.RecordBatchReader.from_batches(schema, gathered(chain([first], batches)))
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

    def _json_batches(self, file: LandedFile, content: Iterator[bytes]) -> Iterator[pa.RecordBatch]:
        return json_batches(file, content, self._wanted, is_document=self.format_of(file.path) == "json")

    def _plain_batches(
        self, plain: PlainLines, odd: list[pa.RecordBatch], blocks: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        """The plain lines, at least an empty batch per block; the odd ones join `odd`."""
        for divided in ahead(plain.divide, blocks):
            odd += divided.odd
            yield from divided.plain or [pa.RecordBatch.from_pylist([], plain.schema)]

    def _csv_batches(self, file: LandedFile, content: Iterator[bytes]) -> Iterator[pa.RecordBatch]:
        return csv_batches(file, content, self.source, self.drift)

    def _read_parquet(self, files: Sequence[LandedFile]) -> None:
        groups: dict[str, list[LandedFile]] = {}
        known = {field.name for field in self.source.fields}
        copied: list[LandedFile] = []
        for file in files:
            self._hash_only(file)
            try:
                schema = schema_of(file.local)
            except UnreadableFile as fault:
                self.unreadable[file.file_id] = str(fault)
                continue
            group = copied if needs_copy(schema, known) else groups.setdefault(schema.to_string(), [])
            group.append(file)
        # Each file is read once: what DuckDB would keep of it is of no use.
        self.con.execute("SET enable_external_file_cache = false")
        for group in groups.values():
            for start in range(0, len(group), PARQUET_FILES):
                for file, why in self._read_parquet_group(group[start : start + PARQUET_FILES]):
                    if may_be_copied(why):
                        copied.append(file)
                    else:
                        self.unreadable[file.file_id] = why
        for file in copied:
            self._read_parquet_copy(file, known)
        self.con.execute("RESET enable_external_file_cache")

    def _read_parquet_copy(self, file: LandedFile, known: Collection[str]) -> None:
        with tempfile.TemporaryDirectory(prefix="tallybook-") as folder:
            copy = Path(folder, "copy.parquet")
            try:
                plain_copy(file.local, copy, known)
            except UnreadableFile as fault:
                self.unreadable[file.file_id] = str(fault)
                return
            for _, why in self._read_parquet_group([replace(file, local=copy)], is_copy=True):
                self.unreadable[file.file_id] = why
        self.drift.update((file.file_id, name) for name in schema_of(file.local).names if name not in known)

    def _read_parquet_group(self, group: Sequence[LandedFile], is_copy: bool = False) -> list[tuple[LandedFile, str]]:
        """Read files of one schema, and return those that cannot be read, each with why."""
        by_path = {str(file.local): file for file in group}
        given_up: list[tuple[LandedFile, str]] = []

        def read(paths: Sequence[str]) -> None:
            columns = columns_of(self.con, Path(paths[0]))
            known = known_columns(columns, self.source)
            rows = typed_rows(
                self.source,
                parquet_rows(self.source, known, "read_paths", is_copy=is_copy),
                parquet_cells(self.source, known),
                shown=parquet_shown(known),
            )
            # Bound as a parameter, a list costs a millisecond per element.
            stage_rows(
                self.con,
                "read_paths",
                {"path": "varchar", "pattern": "varchar", "file_id": "integer", "landing_date": "date"},
                [(path, glob_quoted(path), by_path[path].file_id, by_path[path].landing_date) for path in paths],
            )
            self.con.execute("SET VARIABLE read_paths = (SELECT list(pattern ORDER BY file_id) FROM read_paths)")
            self.con.execute(f"INSERT INTO {self.source.table} {rows}")
            unknown = [] if is_copy else [name for name, _ in columns if name not in known]
            self.drift.update((by_path[path].file_id, name) for path in paths for name in unknown)

        read_halving(list(by_path), read, lambda path, why: given_up.append((by_path[path], why)))
        return given_up

    def _hash_only(self, file: LandedFile) -> None:
        with HashedFile(file.local) as opened:
            self._hashed(file, opened)

    def _hashed(self, file: LandedFile, opened: HashedFile) -> None:
        self.hashes[file.file_id] = (opened.sha256(), opened.bytes)
        self.progress(f"read {self.source.name}", len(self.hashes), len(self.files))


def _until_many(
    first: pa.RecordBatch, batches: Iterator[pa.RecordBatch], odd: Sequence[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    yield first
    counted = size = 0
    while True:
        size += sum(batch.nbytes for batch in odd[counted:])
        counted = len(odd)
        if size >= ODD_BYTES or (batch := next(batches, None)) is None:
            return
        yield batch
