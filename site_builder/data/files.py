"""A table as CSV and as Parquet: every digit, the same bytes for the same rows."""

import io

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from site_builder.reports.outputs import RUNNABLE

_RUNS = "[" + "".join(f"\\x{ord(start):02x}" for start in RUNNABLE) + "]"
# From Arrow, the least amount of more decimals would come with an exponent.
_PLAIN_SCALE = 6
_ROW_GROUP = 100_000
_BEYOND_64_BITS = 2**63
_UTC = pa.timestamp("us", tz="UTC")


def for_csv(con: duckdb.DuckDBPyConnection, table: pa.Table) -> pa.Table:
    """The rows of a table as a CSV has them: what would lose a digit or run in a spreadsheet, as safe text.

    Instants are UTC, as `2026-11-21T09:00:00.000000Z`. Runnable text gets an apostrophe. `con` is any connection.
    """
    con.register("rows_to_write", table)
    shown = con.execute(f"select {', '.join(map(_as_text, table.schema))} from rows_to_write").to_arrow_table()
    con.unregister("rows_to_write")
    return shown


def defused(column: str) -> str:
    """SQL: a text as every CSV has it, with an apostrophe before what a spreadsheet would run."""
    return f"case when regexp_matches({column}, '^{_RUNS}') then '''' || {column} else {column} end"


def csv_bytes(table: pa.Table) -> bytes:
    """Rows of `for_csv`: UTF-8, a header, lines that end in LF, texts quoted; NULL is empty and an empty text `""`."""
    out = io.BytesIO()
    out.write((",".join(table.column_names) + "\n").encode())
    pacsv.write_csv(table, out, pacsv.WriteOptions(include_header=False, quoting_style="needed"))
    return out.getvalue()


def _as_text(field: pa.Field) -> str:
    name = f'"{field.name}"'
    if pa.types.is_timestamp(field.type):
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ') as {name}"
    if pa.types.is_string(field.type):
        return f"{defused(name)} as {name}"
    if pa.types.is_decimal(field.type) and field.type.scale > _PLAIN_SCALE:
        return f"cast({name} as varchar) as {name}"
    return name


def parquet_bytes(table: pa.Table) -> bytes:
    """Parquet with the marts' own types and texts; instants are UTC, and whole numbers have 64 bits where these do."""
    out = io.BytesIO()
    fields = [pa.field(name, _parquet_type(table[name])) for name in table.column_names]
    pq.write_table(table.cast(pa.schema(fields)), out, compression="zstd", row_group_size=_ROW_GROUP)
    return out.getvalue()


def _parquet_type(column: pa.ChunkedArray) -> pa.DataType:
    if pa.types.is_timestamp(column.type):
        return _UTC
    if pa.types.is_decimal(column.type) and column.type.scale == 0:
        ends = pc.min_max(column).as_py()
        return pa.int64() if max(abs(end or 0) for end in ends.values()) < _BEYOND_64_BITS else column.type
    return column.type
