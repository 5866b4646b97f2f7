"""The workbook of a scope's data: a sheet for each table that people can leaf through."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from site_builder.workbooks.workbook import Sheet, cell, workbook

# Longer tables are for programs, which read Parquet: they cost most of the time that workbooks take.
MOST_ROWS = 1_000
_LEFT_OUT = "longer than {:,} rows: its CSV and its Parquet file have it"


def data_workbook(title: str, of_date: date, tables: Sequence[tuple[str, str, pa.Table]]) -> bytes:
    """A workbook of tables given as (name, what it holds, rows); one that is too long has its heading alone."""
    return workbook(title, of_date, [_sheet(name, text, rows) for name, text, rows in tables])


def _sheet(name: str, text: str, rows: pa.Table) -> Sheet:
    finding = ""
    if rows.num_rows > MOST_ROWS:
        finding, rows = _LEFT_OUT.format(MOST_ROWS), rows.slice(0, 0)
    columns = {place: _column(column) for place, column in enumerate(rows.columns)}
    frame = pd.DataFrame(columns, columns=range(rows.num_columns), dtype=object)
    # Sheets are named in 31 characters: what all tables begin with says the least.
    formats = [_number_format(column.type) for column in rows.columns]
    return Sheet(_short(name), f"{name}: {text}", finding, rows.column_names, frame, formats)


def _short(name: str) -> str:
    return name.removeprefix("mart_")


def _column(column: pa.ChunkedArray) -> list[object]:
    if pa.types.is_timestamp(column.type):
        column = pc.cast(column, pa.timestamp("us"))
    return [cell(value) for value in column.to_pylist()]


def _number_format(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return "#,##0" if kind.scale == 0 else "#,##0.00####"
    return "#,##0" if pa.types.is_integer(kind) else ""
