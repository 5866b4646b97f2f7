"""A plain copy of a Parquet file that DuckDB cannot read, or reads wrongly: same rows, its odd columns as text.

Some values are beyond DuckDB's types, and one of them would cost the whole file. Arrow reads them, and what a copy
says of each is its exact text, so that only the row at fault is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.loading.readers.blocks import UnreadableFile

LONGEST_DECIMAL = 38
BROKEN = "tallybook_broken"
"""The column of a copy that says which rows hold text that is no UTF-8."""
# DuckDB would add columns of these names itself.
TAKEN_NAMES = ("filename", "file_row_number", BROKEN)
BATCH_ROWS = 20_000
# Of the years 1 and 10000, from 1970: what RFC 3339 can write.
FIRST_SECOND, END_SECOND = -62_135_596_800, 253_402_300_800
# What DuckDB says where one value of a sound file is beyond it.
REFUSALS = ("Invalid JSON found", "Invalid string encoding found", "Could not convert Timestamp")


def needs_copy(schema: pa.Schema, known: Collection[str]) -> bool:
    """Whether DuckDB would refuse the file, or give other numbers for it without a word."""
    return any(name.lower() in TAKEN_NAMES for name in schema.names) or any(
        column.name in known and _is_misread(column.type) for column in schema
    )


def _is_misread(kind: pa.DataType) -> bool:
    return bool(pa.types.is_float16(kind) or pa.types.is_decimal(kind) and kind.precision > LONGEST_DECIMAL)


def may_be_copied(why: str) -> bool:
    """Whether DuckDB's message is about a value, so that a copy may be read where the file was not."""
    return any(refusal in why for refusal in REFUSALS)


def plain_copy(path: Path, target: Path, known: Collection[str]) -> None:
    """Write the file's known columns, and BROKEN, to `target`. Raises UnreadableFile."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            places = _first_of_each(file.schema_arrow.names, known)
            if not places:
                raise UnreadableFile("parquet: DuckDB cannot read it, and no column of it is known")
            names = [file.schema_arrow.names[place] for place in places]
            writer: pq.ParquetWriter | None = None
            for batch in file.iter_batches(BATCH_ROWS):
                plain = _plain_table([batch.column(place) for place in places], names)
                writer = writer or pq.ParquetWriter(target, plain.schema)
                writer.write_table(plain)
            if writer is None:
                pq.write_table(pa.table({name: pa.array([], pa.string()) for name in [*names, BROKEN]}), target)
            else:
                writer.close()
    except (OSError, pa.ArrowException) as fault:
        raise UnreadableFile(f"parquet: {str(fault).splitlines()[0]}") from None


def _first_of_each(names: list[str], known: Collection[str]) -> list[int]:
    return [place for place, name in enumerate(names) if name in known and names.index(name) == place]


def _plain_table(columns: list[pa.Array], names: list[str]) -> pa.Table:
    broken = np.zeros(len(columns[0]), bool)
    plain = [_plain(column, broken) for column in columns]
    return pa.table({**dict(zip(names, plain, strict=True)), BROKEN: pa.array(broken)})


def _plain(column: pa.Array, broken: np.ndarray) -> pa.Array:
    """The column in a type that DuckDB reads exactly; notes in `broken` which rows hold text that is no UTF-8."""
    kind = column.type
    if isinstance(kind, pa.JsonType):
        texts = _each(_utf8(column.storage, broken), lambda text: text if _is_json(text) else json.dumps([text]))
        return pa.ExtensionArray.from_storage(pa.json_(), texts)
    if pa.types.is_dictionary(kind):
        return _plain(column.dictionary_decode(), broken)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _utf8(column, broken)
    if pa.types.is_float16(kind):
        return _each(column, lambda value: str(np.float16(value)))
    if pa.types.is_decimal(kind):
        return column.cast(pa.string())
    return _moments(column) if pa.types.is_timestamp(kind) else column


def _is_json(text: str) -> bool:
    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _each(column: pa.Array, text_of: Callable[..., str]) -> pa.Array:
    return pa.array([None if value is None else text_of(value) for value in column.to_pylist()], pa.string())


def _utf8(column: pa.Array, broken: np.ndarray) -> pa.Array:
    values = column.cast(pa.large_binary()).to_pylist()
    texts = []
    for place, value in enumerate(values):
        try:
            texts.append(None if value is None else value.decode())
        except UnicodeDecodeError:
            texts.append(value.decode("utf-8", "replace"))
            broken[place] = True
    return pa.array(texts, pa.string())


def _moments(column: pa.Array) -> pa.Array:
    """Times as text: with Z where they have a zone. One that no calendar holds is told by its number."""
    unit, suffix = column.type.unit, "Z" if column.type.tz else ""
    second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]

    def as_text(number: int) -> str:
        is_real = FIRST_SECOND <= number // second < END_SECOND
        return f"{np.datetime64(number, unit)}{suffix}" if is_real else f"{number} {unit}"

    return _each(column.view(pa.int64()), as_text)
