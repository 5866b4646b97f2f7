"""The reference data: read, checked and typed as a whole; one bad row stops the run before anything is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from orchestration.errors import TallybookError
from orchestration.loading.directory.csv_files import Fault, Records, check_header, read_records
from orchestration.loading.directory.mutes import mute_faults
from orchestration.loading.directory.tables import DIRECTORY_TABLES, TENANTS, Column, DirectoryTable
from orchestration.loading.directory.values import PARSERS, UTC, Value, parse_time
from orchestration.zones import rules
from orchestration.zones.spans import Zone

FAULTS_SHOWN = 10
ARROW_TYPES = {
    "decimal": pa.decimal128(18, 6),
    "rate": pa.decimal128(24, 12),
    "count": pa.int64(),
    "local_time": pa.timestamp("us"),
    "utc_time": pa.timestamp("us"),
    "date": pa.date32(),
}


class DirectoryError(TallybookError):
    """The reference data cannot be used. `faults` has every fault; the message the first few of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        shown = "; ".join(str(fault) for fault in self.faults[:FAULTS_SHOWN])
        rest = len(self.faults) - FAULTS_SHOWN
        super().__init__(f"{shown}; and {rest} more faults" if rest > 0 else shown)


@dataclass
class Directory:
    """A checked directory: its typed tables by name, and the (file, column) pairs that nobody asked for."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    drift: list[tuple[str, str]] = field(default_factory=list)


class _Checker:
    """Reads the files one after the other; what it learns of tenants.csv judges the others."""

    def __init__(self, zone_of: Callable[[str], Zone]) -> None:
        self.faults: list[Fault] = []
        self.zone_of = zone_of
        self.zones: dict[str, Zone] | None = None  # by tenant; None while it is not known who the tenants are

    def parser(self, column: Column) -> Callable[[str, Zone], Value]:
        """What turns a filled cell of the column into its value, given the zone of the row's tenant."""
        if column.kind == "local_time":
            return parse_time
        own = {"zone": self._zone, "tenant": self._tenant, "choice": lambda text: _chosen(column, text)}
        parse = own.get(column.kind) or PARSERS[column.kind]
        if column.positive:
            return lambda text, zone: _positive(parse(text), text)
        return lambda text, zone: parse(text)

    def _zone(self, text: str) -> str:
        if text not in rules.zone_names():
            raise ValueError(f"{text!r} is not a time zone{rules.spelt_otherwise(text)}")
        return text

    def _tenant(self, text: str) -> str:
        if self.zones is not None and text not in self.zones:
            raise ValueError(f"tenants.csv has no tenant {text!r}")
        return text


def read_directory(
    files: Mapping[str, Path], zone_of: Callable[[str], Zone], outside: Mapping[str, str] = MappingProxyType({})
) -> Directory:
    """Read and check the directory files, given as path below the zone → local copy.

    zone_of: what a zone's clocks show, by its name; outside: paths that are there but no files, each with what it is.
    A file that is absent gives an empty table. Raises DirectoryError naming file, line and reason of every fault.
    """
    checker = _Checker(zone_of)
    directory = Directory()
    if TENANTS.path not in files:
        needed = " and ".join(column.name for column in TENANTS.columns if column.required)
        what = outside.get(TENANTS.path, "missing")
        checker.faults.append(Fault(TENANTS.path, 0, f"{what}: create it with the columns {needed}"))
    for table in DIRECTORY_TABLES:
        records = read_records(table.path, files[table.path], checker.faults) if table.path in files else Records()
        if records is None:
            continue
        usable = table.path not in files or check_header(
            table.path, records.header, [column.name for column in table.columns if column.required], checker.faults
        )
        if usable:
            known = {column.name for column in table.columns}
            directory.drift += [(table.path, name) for name in records.header if name not in known]
            directory.tables[table.name] = _typed(checker, table, records)
    if checker.faults:
        raise DirectoryError(checker.faults)
    return directory


def _typed(checker: _Checker, table: DirectoryTable, records: Records) -> pa.Table:
    """The table's typed rows. What is wrong with them goes into checker.faults."""
    cells = _cells(table, records)
    tenants = cells.get("tenant_id", [""] * len(records.rows))
    zones = checker.zones or {}
    if table is TENANTS:
        known = rules.zone_names()
        found = (checker.zone_of(name) if name in known else UTC for name in cells["timezone"])
        checker.zones = zones = dict(zip(tenants, found, strict=True))
    row_zones = [zones.get(tenant, UTC) for tenant in tenants]
    columns = {
        column.name: _column(checker, table, column, cells[column.name], records.lines, row_zones)
        for column in table.columns
    }
    _check_scopes(checker, table, columns, records.lines)
    if table.name == "alert_mutes":
        told = {fault.line for fault in checker.faults if fault.file == table.path}
        muted = [Fault(table.path, records.lines[place], reason) for place, reason in mute_faults(columns)]
        checker.faults += [fault for fault in muted if fault.line not in told]
    _check_keys(checker, table, columns, records.lines)
    if checker.faults:
        return pa.table({})
    return pa.table(
        {
            column.name: pa.array(columns[column.name], ARROW_TYPES.get(column.kind, pa.string()))
            for column in table.columns
        }
    )


def _cells(table: DirectoryTable, records: Records) -> dict[str, list[str]]:
    """The text of each column, empty where the file lacks it."""
    by_name = dict(zip(records.header, zip(*records.rows, strict=True), strict=True)) if records.rows else {}
    return {column.name: list(by_name.get(column.name, [""] * len(records.rows))) for column in table.columns}


def _column(
    checker: _Checker, table: DirectoryTable, column: Column, cells: list[str], lines: list[int], zones: list[Zone]
) -> list[Value | None]:
    parse, values = checker.parser(column), []
    for cell, line, zone in zip(cells, lines, zones, strict=True):
        value: Value | None = column.default
        try:
            if cell:
                value = parse(cell, zone)
            elif column.required:
                raise ValueError("empty")
        except ValueError as error:
            checker.faults.append(Fault(table.path, line, f"{column.name}: {error}"))
        values.append(value)
    return values


def _check_scopes(
    checker: _Checker, table: DirectoryTable, columns: dict[str, list[Value | None]], lines: list[int]
) -> None:
    """A budget or a subscription names exactly who it is for; a tenant's budget then has the tenant as scope_id."""
    if "scope" not in columns:
        return
    whom = "scope_id" if table.name == "budgets" else "tenant_id"
    for place, (scope, named, line) in enumerate(zip(columns["scope"], columns[whom], lines, strict=True)):
        reason = None
        if table.name == "budgets" and scope == "tenant":
            tenant = columns["tenant_id"][place]
            reason = f"scope tenant, but {named!r} is not the tenant" if named not in (None, tenant) else None
            columns[whom][place] = tenant
        elif scope == "all":
            reason = "scope all, but a tenant is named" if named else None
        elif scope is not None and not named:
            reason = f"empty, but needed with scope {scope}"
        if reason:
            checker.faults.append(Fault(table.path, line, f"{whom}: {reason}"))


def _check_keys(
    checker: _Checker, table: DirectoryTable, columns: dict[str, list[Value | None]], lines: list[int]
) -> None:
    first: dict[tuple[Value | None, ...], int] = {}
    needed = [
        place
        for place, name in enumerate(table.key)
        if any(column.name == name and column.required for column in table.columns)
    ]
    for key, line in zip(zip(*(columns[name] for name in table.key), strict=True), lines, strict=True):
        if any(key[place] is None for place in needed):
            continue  # a fault of its own
        if key in first:
            shown = ", ".join(f"{name} {_shown(value)}" for name, value in zip(table.key, key, strict=True))
            checker.faults.append(Fault(table.path, line, f"duplicate of line {first[key]}: {shown}"))
        first.setdefault(key, line)


def _chosen(column: Column, text: str) -> str:
    if text not in column.choices:
        raise ValueError(f"{text!r} is none of {', '.join(column.choices)}")
    return text


def _positive(value: Value, text: str) -> Value:
    if not isinstance(value, Decimal) or value <= 0:
        raise ValueError(f"{text} is not above 0")
    return value


def _shown(value: Value | None) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return repr(value) if isinstance(value, str) else str(value)
