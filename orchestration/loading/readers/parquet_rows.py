"""Parquet: files of one schema are read by one query; a broken file is found by halving and takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.loading.fields import OBJECTS, Field, Kind, RecordSchema
from orchestration.loading.lake.lake import glob_quoted, sql_quoted
from orchestration.loading.readers.blocks import UnreadableFile
from orchestration.loading.readers.parquet_copy import BROKEN, END_SECOND, FIRST_SECOND
from orchestration.loading.validation import Cell

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
TEXTS = ("VARCHAR", "UUID")
# JSON that no member of such an object can be.
_REFUSED: dict[Kind, str] = {"tags": "0", "meters": "false"}
# What members of an object given as tags may be. A null that has no type is DuckDB's INTEGER: of that nothing is said.
TAG_TEXTS = (*TEXTS, "JSON")
# Folders such as tenant_id=acme/ say nothing: what a row says of itself counts.
READ = "read_parquet({}, hive_partitioning = false"
# Not the file's fault: reading it again elsewhere or later may work.
OWN_FAULTS = (
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.BinderException,
    duckdb.ParserException,
    duckdb.CatalogException,
)


@dataclass(frozen=True)
class Column:
    """A known column as DuckDB reads it. DuckDB renames one of two columns that differ in case only.

    members: of an object, what it holds: a struct's members, or the key and the value of a map, with their types
    """

    name: str
    sql_type: str
    members: tuple[tuple[str, str], ...] = ()


def schema_of(path: Path) -> pa.Schema:
    """The columns of a file as Arrow reads them, without metadata. Raises UnreadableFile."""
    try:
        return pq.read_schema(path).remove_metadata()
    except (OSError, pa.ArrowException) as fault:
        raise UnreadableFile(f"parquet: {str(fault).splitlines()[0]}") from None


def columns_of(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, Column]]:
    """(name in the file, column) in the file's order."""
    schema = pq.read_schema(path)
    found = con.sql(f"SELECT * FROM {READ.format('$paths')})", params={"paths": [glob_quoted(str(path))]})
    return [
        (column.name, Column(name, *_types(kind, column.type)))
        for column, name, kind in zip(schema, found.columns, found.types, strict=True)
    ]


def _types(kind: duckdb.sqltypes.DuckDBPyType, arrow_type: pa.DataType) -> tuple[str, tuple[tuple[str, str], ...]]:
    if pa.types.is_duration(arrow_type):
        # Stored as whole numbers of a unit that only Arrow's own note tells: no number of anything.
        return "INTERVAL", ()
    if kind.id in ("map", "struct"):
        return str(kind), tuple((name, str(member)) for name, member in kind.children)
    return str(kind), ()


def known_columns(columns: Sequence[tuple[str, Column]], source: RecordSchema) -> dict[str, Column]:
    """The columns that carry a field, by the field's name; the first of those that share one."""
    fields = {field.name for field in source.fields}
    known: dict[str, Column] = {}
    for name, column in columns:
        if name in fields:
            known.setdefault(name, column)
    return known


def parquet_cells(source: RecordSchema, known: dict[str, Column]) -> dict[str, Cell]:
    """How files with these columns give each field."""
    return {field.name: _cell(field, known.get(field.name)) for field in source.fields}


def _cell(field: Field, column: Column | None) -> Cell:
    if column is None or column.sql_type in TEXTS or column.sql_type.startswith("ENUM("):
        return Cell("text")
    kind, sql_type = field.kind, column.sql_type
    if sql_type == "JSON":
        expected = {"text": "VARCHAR", "time": "VARCHAR", "date": "VARCHAR"}.get(kind)
        expected = "OBJECT" if kind in OBJECTS else expected
        return Cell("text", wrong=f"kind_{field.name} <> '{expected}'" if expected else None)
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
    return Cell("text" if kind in OBJECTS and _is_object(sql_type) else "never")


def _is_fractional(sql_type: str) -> bool:
    return sql_type in ("FLOAT", "DOUBLE") or sql_type.startswith("DECIMAL")


def _is_moment(sql_type: str) -> bool:
    return sql_type == "DATE" or sql_type.startswith("TIMESTAMP")


def _is_object(sql_type: str) -> bool:
    return not sql_type.endswith("]") and sql_type.startswith(("MAP(", "STRUCT("))


def parquet_rows(source: RecordSchema, known: dict[str, Column], files: str, *, is_copy: bool = False) -> str:
    """The SELECT that `typed_rows` takes, over the variable read_paths; `files` is (path, file_id, landing_date).

    is_copy: the files are copies, which say themselves which rows are broken
    """
    cells = parquet_cells(source, known)
    given = ", ".join(
        f"{_given(field, known.get(field.name), cells[field.name])} AS {field.name}" for field in source.fields
    )
    members = ", ".join(f"'{name}': data.{_quoted(column.name)}" for name, column in known.items())
    raw = f"{{{members}}}" if known else "NULL"
    kinds = "".join(
        f", json_type(data.{_quoted(column.name)}) AS kind_{name}"
        for name, column in known.items()
        if column.sql_type == "JSON"
    )
    return f"""
        SELECT listed.file_id, listed.landing_date, data.file_row_number + 1 AS line_no, {raw} AS raw,
               {f"data.{BROKEN}" if is_copy else "false"} AS broken, NULL::VARCHAR[] AS unknown_fields, {given}{kinds}
        FROM {READ.format("getvariable('read_paths')")}, filename = true, file_row_number = true) AS data
        JOIN {files} AS listed ON listed.path = data.filename"""


def parquet_shown(known: dict[str, Column]) -> str:
    """The text of a row, from the `raw` of `parquet_rows`: made of bad rows only, since it costs a lot."""
    return "to_json(raw)::VARCHAR" if known else "'{}'"


def _given(field: Field, column: Column | None, cell: Cell) -> str:
    if column is None:
        return "NULL::VARCHAR"
    value = f"data.{_quoted(column.name)}"
    if cell.style == "native":
        return _native(field, value)
    if column.sql_type == "JSON":
        return (
            f"CASE json_type({value}) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' "
            f"THEN nullif(json_extract_string({value}, '$'), '') ELSE trim(CAST({value} AS VARCHAR)) END"
        )
    if field.kind in OBJECTS and column.members:
        return _object_text(column, value, field.kind)
    return f"nullif(CAST({value} AS VARCHAR), '')"


def _native(field: Field, value: str) -> str:
    """A typed value as it is. A time or date that RFC 3339 cannot write is infinite: given, and beyond any calendar."""
    if field.kind not in ("time", "date"):
        return value
    if field.kind == "date":
        return (
            f"CASE WHEN {value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {value} "
            f"WHEN {value} IS NOT NULL THEN DATE 'infinity' END"
        )
    # Through epochs, for a cast would go by the session's time zone.
    return (
        f"CASE WHEN epoch_us({value}) BETWEEN {FIRST_SECOND}000000 AND {END_SECOND - 1}999999 "
        f"THEN make_timestamp(epoch_us({value})) WHEN {value} IS NOT NULL THEN TIMESTAMP 'infinity' END"
    )


def _object_text(column: Column, value: str, kind: Kind) -> str:
    """The JSON text of a struct or map. A member of a type that the kind has none of shows as one that it refuses."""
    if column.sql_type.startswith("MAP("):
        is_fit = _is_member(column.members[1][1], kind)
        odd = "" if is_fit else f"WHEN cardinality({value}) > 0 THEN '{{\"odd\":{_REFUSED[kind]}}}' "
        return f"CASE {odd}WHEN {value} IS NOT NULL THEN to_json({value})::VARCHAR END"
    members = ", ".join(
        f"'{sql_quoted(name)}': {_member(value, place, sql_type, kind)}"
        for place, (name, sql_type) in enumerate(column.members, start=1)
    )
    # A member that another row's object has and this one lacks is NULL in a struct: absent, not a bad tag.
    return f"CASE WHEN {value} IS NOT NULL THEN json_merge_patch('{{}}', to_json({{{members}}}))::VARCHAR END"


def _member(struct: str, place: int, sql_type: str, kind: Kind) -> str:
    member = f"struct_extract_at({struct}, {place})"
    return member if _is_member(sql_type, kind) else f"CASE WHEN {member} IS NOT NULL THEN {_REFUSED[kind]} END"


def _is_member(sql_type: str, kind: Kind) -> bool:
    is_text = sql_type in TAG_TEXTS or sql_type.startswith("ENUM(")
    return is_text or (kind == "meters" and (sql_type in INTEGERS or _is_fractional(sql_type)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def read_halving(
    paths: Sequence[str], read: Callable[[Sequence[str]], None], give_up: Callable[[str, str], None]
) -> None:
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
