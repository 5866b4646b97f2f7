"""The FOCUS mart as a file, or a file for each month, for `tallybook export focus`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.building.lake_state import require_whole_lake
from orchestration.building.state import require_marts
from orchestration.errors import TallybookError
from orchestration.warehouse import opened
from site_builder.data.files import defused

VIEWS = {"1.2": "mart_focus_cost_usage", "1.4": "mart_focus_cost_usage_1_4"}
VERSIONS = tuple(VIEWS)
FORMATS = ("csv", "parquet")
_ORDER = "BillingAccountId, x_ChargeDate, ServiceName, x_ChargeType, x_SourceId, SkuMeter, x_LotId, x_ChargeId"
_OPTIONS = {"csv": "format csv, header true", "parquet": "format parquet, compression zstd"}


@dataclass(frozen=True)
class ExportSummary:
    """What was written: the file, its charges, and its columns."""

    path: Path
    rows: int
    columns: int


@dataclass(frozen=True)
class MonthFile:
    """The charges of a calendar month, in a file of the export's folder."""

    month: str
    path: Path
    rows: int


def export_focus(
    warehouse: Path, out: Path, *, version: str, file_format: str, first: date | None = None, last: date | None = None
) -> ExportSummary:
    """Write the charges whose local date (x_ChargeDate) lies in first … last, both inclusive; None is no bound.

    version: one of VERSIONS; file_format: one of FORMATS. Times are UTC, in CSV as `YYYY-MM-DDTHH:MM:SSZ`; decimals
    have no exponent; in CSV text that a spreadsheet would run has an apostrophe. The same charges give the same bytes.
    The file appears whole or not at all. Raises TallybookError where it cannot be written.
    """
    with opened(warehouse, read_only=True) as con:
        columns = _columns(con, VIEWS[version])
        rows = _write(con, columns, out, version, file_format, first or date.min, last or date.max)
    return ExportSummary(out, rows, len(columns))


def export_months(
    warehouse: Path,
    folder: Path,
    *,
    version: str,
    file_format: str,
    first: date | None = None,
    last: date | None = None,
) -> list[MonthFile]:
    """Write these charges into a folder, a file for each month that has any: `focus-VERSION-YYYY-MM.FORMAT`.

    All of one state of the warehouse, the bytes as of export_focus. Raises TallybookError.
    """
    bounds = {"first": first or date.min, "last": last or date.max}
    with opened(warehouse, read_only=True) as con:
        columns = _columns(con, VIEWS[version])
        months = con.execute(
            "select strftime(x_ChargeDate, '%Y-%m') as month, min(x_ChargeDate), max(x_ChargeDate) "
            f"from marts.{VIEWS[version]} where x_ChargeDate between $first and $last group by month order by month",
            bounds,
        ).fetchall()
        written = []
        for month, first_date, last_date in months:
            path = folder / f"focus-{version}-{month}.{file_format}"
            rows = _write(con, columns, path, version, file_format, first_date, last_date)
            written.append(MonthFile(month, path, rows))
    return written


def _write(
    con: duckdb.DuckDBPyConnection, columns: list[tuple[str, str]], out: Path, version: str, file_format: str,
    first: date, last: date,
) -> int:  # fmt: skip
    unfinished = out.with_name(f".{out.name}.unfinished")
    names = ", ".join(_written(name, data_type, file_format) for name, data_type in columns)
    try:
        con.execute("set threads = 1")
        [(rows,)] = con.execute(
            f"copy (select {names} from marts.{VIEWS[version]} where x_ChargeDate between $first and $last "
            f"order by {_ORDER}) to '{_quoted(unfinished)}' ({_OPTIONS[file_format]})",
            {"first": first, "last": last},
        ).fetchall()
        unfinished.replace(out)
    except (OSError, duckdb.IOException) as error:
        raise TallybookError(f"{out} cannot be written: {' '.join(str(error).split())}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return int(rows)


def require_mart(warehouse: Path, version: str) -> None:
    """Raise TallybookError where no finished build of all that is loaded gave what FOCUS `version` is taken from."""
    with opened(warehouse, read_only=True) as con:
        if not _columns(con, VIEWS[version]):
            raise TallybookError(f"there is no marts.{VIEWS[version]} in {warehouse}; build it first: tallybook build")
    require_marts(warehouse, of_all_loaded=True)
    require_whole_lake(warehouse)


def _columns(con: duckdb.DuckDBPyConnection, view: str) -> list[tuple[str, str]]:
    return con.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = 'marts' and table_name = ? order by ordinal_position",
        [view],
    ).fetchall()


def _written(name: str, data_type: str, file_format: str) -> str:
    if data_type == "VARCHAR" and file_format == "csv":
        return f"{defused(name)} as {name}"
    if data_type != "TIMESTAMP":
        return name
    if file_format == "csv":
        return f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ') as {name}"
    return f"timezone('UTC', {name}) as {name}"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
