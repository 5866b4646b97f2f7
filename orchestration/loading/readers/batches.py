"""Records as Arrow batches of one schema for many files, so that a statement of DuckDB reads them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pyarrow as pa

from orchestration.loading.fields import RecordSchema
from orchestration.loading.readers import blocks
from orchestration.loading.readers.blocks import as_columns, lines
from orchestration.loading.readers.csv_records import Header, csv_records, read_header
from orchestration.loading.readers.documents import documents
from orchestration.loading.readers.long_json import Wanted, short_json
from orchestration.loading.zone.landing import LandedFile

# Small files travel together: a batch costs DuckDB the same whether it holds ten rows or ten thousand. Long records are
# few to a batch, so that memory stays bounded.
BATCH_ROWS = 8192
BATCH_BYTES = 16 << 20
AHEAD_THREADS = 2
AHEAD_ITEMS = 3
In = TypeVar("In")
Out = TypeVar("Out")
LINE_SCHEMA = pa.schema(
    [
        ("file_id", pa.int32()),
        ("landing_date", pa.date32()),
        ("line_no", pa.int64()),
        ("line", pa.large_string()),
        ("intact", pa.bool_()),
    ]
)
CSV_SCHEMA = LINE_SCHEMA.append(pa.field("width", pa.int32())).append(pa.field("positions", pa.list_(pa.int32())))


def batch(file: LandedFile, schema: pa.Schema, columns: Sequence[pa.Array]) -> pa.RecordBatch:
    """The columns of `schema` after file_id and landing_date, with those two before them."""
    rows = len(columns[0])
    file_ids = pa.array(np.full(rows, file.file_id, np.int32))
    dates = pa.array(np.full(rows, np.datetime64(file.landing_date, "D")))
    return pa.RecordBatch.from_arrays([file_ids, dates, *columns], schema=schema)


def json_batches(
    file: LandedFile, content: Iterator[bytes], wanted: Wanted, *, is_document: bool
) -> Iterator[pa.RecordBatch]:
    """The lines of a file in LINE_SCHEMA, long ones with what is wanted of them. is_document: one object to a file."""

    def shorten(parts: Iterable[bytes]) -> bytes | None:
        return short_json(parts, wanted, blocks.LONGEST_LINE_BYTES)

    for records in (documents if is_document else lines)(content, shorten):
        yield batch(file, LINE_SCHEMA, as_columns(records))


def csv_batches(
    file: LandedFile, content: Iterator[bytes], source: RecordSchema, drift: set[tuple[int, str]]
) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file in CSV_SCHEMA; (file_id, unknown column) is added to `drift`."""
    header: Header | None = None
    not_one: pa.RecordBatch | None = None

    def known() -> Header | None:
        return header

    for records in csv_records(content, known):
        columns = as_columns(records)
        if header is None and len(columns[0]):
            header = read_header(columns[1][0].as_py(), columns[2][0].as_py(), source)
            drift.update((file.file_id, name) for name in header.unknown)
            if not header.is_one:
                line = (columns[0][:1], columns[1][:1], pa.array([False]))
                not_one = batch(file, CSV_SCHEMA, (*line, *_layout(header, 1)))
            columns = tuple(column[1:] for column in columns)
        if header is not None and len(columns[0]):
            not_one = None
            yield batch(file, CSV_SCHEMA, (*columns, *_layout(header, len(columns[0]))))
    # Where rows follow, they are refused for the lack of a header; where none does, its line would go unseen.
    if not_one is not None:
        yield not_one


def _layout(header: Header, rows: int) -> tuple[pa.Array, pa.Array]:
    """The header's width and positions for each of the rows."""
    size = len(header.positions)
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * size)
    positions = pa.array(np.tile(np.array(header.positions, np.int32), rows))
    return pa.array(np.full(rows, header.width, np.int32)), pa.ListArray.from_arrays(offsets, positions)


def ahead(function: Callable[[In], Out], items: Iterator[In]) -> Iterator[Out]:
    """`map`, with a few items worked on in threads while the caller is busy with an earlier one.

    Arrow does its work without Python's lock, so that the blocks of one file keep two cores busy.
    """
    with ThreadPoolExecutor(AHEAD_THREADS) as pool:
        waiting: deque[Future[Out]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > AHEAD_ITEMS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at least BATCH_ROWS rows or BATCH_BYTES bytes, but for the last."""
    waiting: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        size += batch.nbytes
        if rows >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pa.concat_batches(waiting) if len(waiting) > 1 else waiting[0]
            waiting, rows, size = [], 0, 0
    if rows:
        yield pa.concat_batches(waiting)
