"""Parquet: files of one schema are read by one query; a broken file is found by halving and takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.loading.blocks import UnreadableFile
from orchestration.loading.fields import Field, Source
from orchestration.loading.validation import Cell

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
TEXTS = ("VARCHAR", "UUID")
LONGEST_DECIMAL = 38
NO_TIME = -2**63
# Not the file's fault: reading it again elsewhere or later may work.
OWN_FAULTS = (duckdb.OutOfMemoryException, duckdb.InterruptException, duckdb.FatalException, duckdb.InternalException,
              duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException)


@dataclass(frozen=True)
class Column:
    """A known column as DuckDB reads it. DuckDB renames one of two columns that differ in case only."""

    name: str
    sql_type: str


def schema_of(path: Path) -> str:
    """A key that is equal for files that one query can read. Raises UnreadableFile."""
    try:
        schema = pq.read_schema(path).remove_metadata()
    except (OSError, pa.ArrowException) as fault:
        raise UnreadableFile(f"parquet: {str(fault).splitlines()[0]}") from None
    for column in schema:
        # DuckDB would give other numbers for them, without a word.
        if pa.types.is_decimal(column.type) and column.type.precision > LONGEST_DECIMAL:
            raise UnreadableFile(f"parquet: {column.name} has decimals of more than {LONGEST_DECIMAL} digits")
    return schema.to_string(show_field_metadata=False)


def columns_of(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, Column]]:
    """(name in the file, column) in the file's order."""
    names = pq.read_schema(path).names
    described = con.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
    return [(name, Column(row[0], row[1])) for name, row in zip(names, described, strict=True)]


def known_columns(columns: Sequence[tuple[str, Column]], source: Source) -> dict[str, Column]:
    """The columns that carry a field, by the field's name; the first of those that share one."""
    fields = {field.name for field in source.fields}
    known: dict[str, Column] = {}
    for name, column in columns:
        if name in fields:
            known.setdefault(name, column)
    return known


def parquet_cells(source: Source, known: dict[str, Column]) -> dict[str, Cell]:
    """How files with these columns give each field."""
    return {field.name: _cell(field, known.get(field.name)) for field in source.fields}


def _cell(field: Field, column: Column | None) -> Cell:
    if column is None or column.sql_type in TEXTS or column.sql_type.startswith("ENUM("):
        return Cell("text")
    kind, sql_type = field.kind, column.sql_type
    if kind == "integer":
        if sql_type in INTEGERS:
            return Cell("native")
        return Cell("text" if _is_fractional(sql_type) else "never")
    if kind == "decimal":
        if sql_type in INTEGERS or sql_type.startswith("DECIMAL"):
            return Cell("native")
        return Cell("text" if _is_fractional(sql_type) else "never")
    if kind == "time":
        # A time without a zone becomes a text without an offset, and so a bad timestamp.
        return Cell("native" if sql_type == "TIMESTAMP WITH TIME ZONE" else "text" if _is_moment(sql_type) else "never")
    if kind == "date":
        return Cell("native" if sql_type == "DATE" else "text" if _is_moment(sql_type) else "never")
    return Cell("text" if kind == "tags" and _is_object(sql_type) else "never")


def _is_fractional(sql_type: str) -> bool:
    return sql_type in ("FLOAT", "DOUBLE") or sql_type.startswith("DECIMAL")


def _is_moment(sql_type: str) -> bool:
    return sql_type == "DATE" or sql_type.startswith("TIMESTAMP")


def _is_object(sql_type: str) -> bool:
    return not sql_type.endswith("]") and sql_type.startswith(("MAP(", "STRUCT("))


def parquet_rows(source: Source, known: dict[str, Column], files: str) -> str:
    """The SELECT that `typed_rows` takes, over the variable read_paths; `files` is (path, file_id, landing_date)."""
    cells = parquet_cells(source, known)
    given = ", ".join(f"{_given(field, known.get(field.name), cells[field.name])} AS {field.name}"
                      for field in source.fields)
    members = ", ".join(f"'{name}': data.{_quoted(column.name)}" for name, column in known.items())
    raw = f"{{{members}}}" if known else "NULL"
    return f"""
        SELECT file_id, landing_date, data.file_row_number + 1 AS line_no, {raw} AS raw, false AS broken,
               NULL::VARCHAR[] AS unknown_fields, {given}
        FROM read_parquet(getvariable('read_paths'), filename = true, file_row_number = true) AS data
        JOIN {files} AS listed ON listed.path = data.filename"""


def parquet_shown(known: dict[str, Column]) -> str:
    """The text of a row, from the `raw` of `parquet_rows`: made of bad rows only, since it costs a lot."""
    return "to_json(raw)::VARCHAR" if known else "'{}'"


def _given(field: Field, column: Column | None, cell: Cell) -> str:
    if column is None:
        return "NULL::VARCHAR"
    value = f"data.{_quoted(column.name)}"
    if cell.style == "native":
        if field.kind != "time":
            return value
        # Through epochs, for a cast would go by the session's time zone. An infinite time has none but is given, and so
        # is the number below all times, which cannot be shown.
        return (f"coalesce(make_timestamp(nullif(epoch_us({value}), {NO_TIME})), "
                f"CASE WHEN {value} IS NOT NULL THEN TIMESTAMP 'infinity' END)")
    if field.kind == "tags" and _is_object(column.sql_type):
        # A member that another row's object has and this one lacks is NULL in a struct: absent, not a bad tag.
        as_json = f"to_json({value})::VARCHAR"
        return f"json_merge_patch('{{}}', {as_json})::VARCHAR" if column.sql_type.startswith("STRUCT(") else as_json
    return f"nullif(CAST({value} AS VARCHAR), '')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_halving(paths: Sequence[str], read: Callable[[Sequence[str]], None],
                 give_up: Callable[[str, str], None]) -> None:
    """Read all paths at once; where that fails, halves of them, down to the broken file, which is given up.

    read: must leave nothing behind when it raises; give_up takes a path and why.
    """
    try:
        read(paths)
        return
    except OWN_FAULTS:
        raise
    except duckdb.Error as fault:
        if len(paths) == 1:
            give_up(paths[0], f"parquet: {str(fault).splitlines()[0]}")
            return
    half = len(paths) // 2
    read_halving(paths[:half], read, give_up)
    read_halving(paths[half:], read, give_up)
