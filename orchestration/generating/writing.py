"""Writing tables as files of a landing zone: the same table gives the same bytes, whatever the clock says."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import zstandard

BATCH_ROWS = 100_000
# zlib writes the header, too: that of the module gzip has another byte from Python 3.13 on.
_GZIP = 31
Renderer = Callable[[pa.Table], bytes]


class Writer:
    """Renders tables in every native format. Holds one DuckDB connection for building JSON lines."""

    def __init__(self) -> None:
        self._database = duckdb.connect(config={"threads": 2})

    def write(self, table: pa.Table, path: Path) -> None:
        """Write `table` to `path` in the format its name ends in (`.jsonl[.gz|.zst]`, `.csv[.gz]`, `.parquet`)."""
        if path.name.endswith(".parquet"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with_zone = [
                column.cast(pa.timestamp("us", "UTC")) if pa.types.is_timestamp(column.type) else column
                for column in table.columns
            ]
            # Without the Arrow schema: its bytes say nothing that the Parquet types do not.
            pq.write_table(
                pa.table(with_zone, names=table.column_names),
                path,
                compression="zstd",
                store_schema=False,
                write_statistics=table.num_rows > BATCH_ROWS,
            )
        else:
            self.write_text(self.text(table, path.name), path)

    def text(self, table: pa.Table, name: str) -> bytes:
        """The lines of `table` as the uncompressed file `name` would hold them."""
        return csv_lines(table) if ".csv" in name else self.json_lines(table)

    def write_text(self, body: bytes, path: Path) -> None:
        """Write lines to `path`, compressed as its name says, without a time stamp in any header."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name.endswith(".gz"):
            body = zlib.compress(body, 9, _GZIP)
        elif path.name.endswith(".zst"):
            body = zstandard.ZstdCompressor(level=19).compress(body)
        path.write_bytes(body)

    def json_lines(self, table: pa.Table) -> bytes:
        """One JSON object a line; a null field is left out. Texts must need no escaping, as generated ones do not."""
        fields = ", ".join(_json_field(field) for field in table.schema)
        query = f"select concat('{{', substr(concat({fields}), 2), '}}', chr(10)) as line from zone_rows"
        out = io.BytesIO()
        self._database.register("zone_rows", table)
        for batch in self._database.execute(query).to_arrow_reader(BATCH_ROWS):
            # The value buffer of a text column is its texts end to end: the file as it should be.
            lines = batch.column(0)
            if len(lines):
                large = lines.cast(pa.large_string())
                out.write(pa.concat_arrays([large]).buffers()[2])
        self._database.unregister("zone_rows")
        return out.getvalue()


def _json_field(field: pa.Field) -> str:
    if pa.types.is_timestamp(field.type):
        value = f"""'"' || strftime("{field.name}", '%Y-%m-%dT%H:%M:%S.%gZ') || '"'"""
    elif field.name == "tags" or not pa.types.is_string(field.type):
        value = f'"{field.name}"'
    else:
        value = f"""'"' || "{field.name}" || '"'"""
    return f"""coalesce(',"{field.name}":' || {value}, '')"""


def csv_lines(table: pa.Table) -> bytes:
    """RFC 4180 with a header; a null is an empty field."""
    columns = [
        pc.strftime(column, "%Y-%m-%dT%H:%M:%SZ") if pa.types.is_timestamp(column.type) else column.cast(pa.string())
        for column in table.columns
    ]
    out = io.BytesIO()
    options = pyarrow.csv.WriteOptions(quoting_style="needed")
    pyarrow.csv.write_csv(pa.table(columns, names=table.column_names), out, options)
    return out.getvalue()
