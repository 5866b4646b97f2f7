"""Reads landed files of LiteLLM into typed rows: blocks, lines and CSV records as of native logs, other columns."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration.loading.fields import Field, RecordSchema
from orchestration.loading.foreign.litellm import typed_sql
from orchestration.loading.foreign.litellm_fields import KNOWN_FIELDS, LANDED_COLUMNS, METADATA_PATHS, RECORD_PATHS
from orchestration.loading.readers.csv_records import csv_rows
from orchestration.loading.readers.long_json import Wanted
from orchestration.loading.readers.read import INCOMING, Reading
from orchestration.loading.refused import COLUMNS
from orchestration.loading.work_tables import READ_TABLES, ReadTables
from orchestration.loading.zone.landing import LandedFile
from orchestration.progress import Progress, silent

_NEVER_LACKING = {"request_id", "id", "startTime"}
_CELLS = sorted({path.removeprefix("$.").split(".")[0] for path in RECORD_PATHS.values()} | {"metadata"})
LITELLM = RecordSchema(
    "litellm",
    tuple(Field(name, required=name in _NEVER_LACKING, is_read=name in _CELLS) for name in sorted(KNOWN_FIELDS)),
    clock="startTime",
)
"""The names that a header may have; what the values mean is said by `typed_sql`."""

NULL_WORDS = r"('NULL', 'null', '\N')"
"""What database tools write into a CSV cell, in quotes or not, where there is nothing: an SQL list."""


def read_litellm(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[LandedFile],
    progress: Progress = silent,
    into: ReadTables = READ_TABLES,
) -> None:
    """Append the calls in the files to landed_litellm, and what was found in each to `into`, as `read_files` does.

    A file may hold rows of the spend-log table (JSON lines or CSV) or payloads (JSON lines, or one object to a `.json`
    file), even both. Bad rows keep no raw text. Raises OSError if a file cannot be read from disk.
    """
    _LiteLLMReading(con, LITELLM, files, progress, into).run()


class _LiteLLMReading(Reading):
    formats = ("jsonl", "csv", "json")

    def columns(self) -> list[str]:
        bookkeeping = ["reason VARCHAR", "detail VARCHAR", "raw_text VARCHAR", "unknown_fields VARCHAR[]", *COLUMNS]
        return [f"{name} {sql_type}" for name, sql_type in LANDED_COLUMNS.items()] + bookkeeping

    def plain_lines(self) -> None:
        return None

    def wanted(self) -> Wanted:
        return Wanted.of([*RECORD_PATHS.values(), *(f"$.metadata{path[1:]}" for path in METADATA_PATHS.values())])

    def jsonl_sql(self) -> str:
        return typed_sql(f"""
            (select file_id, landing_date, line_no, case when intact then line end as record,
                    length(line) as characters
             from {INCOMING})""")

    def csv_sql(self) -> str:
        cells = ", ".join(f'\'{name}\': if("{name}" not in {NULL_WORDS}, "{name}", null)' for name in _CELLS)
        return typed_sql(f"""
            (select file_id, landing_date, line_no, length(raw) as characters,
                    case when not broken then to_json({{{cells}}})::varchar end as record
             from ({csv_rows(self.source, INCOMING)}))""")
