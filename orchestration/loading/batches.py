"""Records as Arrow batches of one schema for many files, so that a statement of DuckDB reads them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import pyarrow as pa

from orchestration.loading.csv_records import Header
from orchestration.loading.landing import LandedFile

# Small files travel together: a batch costs DuckDB the same whether it holds ten rows or ten thousand. Long records are
# few to a batch, so that memory stays bounded.
BATCH_ROWS = 8192
BATCH_BYTES = 16 << 20
AHEAD_THREADS = 2
AHEAD_ITEMS = 3
In = TypeVar("In")
Out = TypeVar("Out")
LINE_SCHEMA = pa.schema([("file_id", pa.int32()), ("landing_date", pa.date32()), ("line_no", pa.int64()),
                         ("line", pa.large_string()), ("intact", pa.bool_())])
CSV_SCHEMA = LINE_SCHEMA.append(pa.field("width", pa.int32())).append(pa.field("positions", pa.list_(pa.int32())))


def batch(file: LandedFile, schema: pa.Schema, columns: Sequence[pa.Array]) -> pa.RecordBatch:
    """The columns of `schema` after file_id and landing_date, with those two before them."""
    rows = len(columns[0])
    file_ids = pa.array(np.full(rows, file.file_id, np.int32))
    dates = pa.array(np.full(rows, np.datetime64(file.landing_date, "D")))
    return pa.RecordBatch.from_arrays([file_ids, dates, *columns], schema=schema)


def layout(header: Header, rows: int) -> tuple[pa.Array, pa.Array]:
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
    for each in batches:
        waiting.append(each)
        rows += each.num_rows
        size += each.nbytes
        if rows >= BATCH_ROWS or size >= BATCH_BYTES:
            yield pa.concat_batches(waiting) if len(waiting) > 1 else waiting[0]
            waiting, rows, size = [], 0, 0
    if rows:
        yield pa.concat_batches(waiting)
