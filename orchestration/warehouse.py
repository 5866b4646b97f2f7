"""The one way to open a warehouse: every fault of its file in a sentence, and its own lake behind its views."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.errors import TallybookError
from orchestration.holders import holders, program
from orchestration.writer_lock import WarehouseBusyError, writer_lock

_LOCKED = "Could not set lock on file"
_HOLDER = re.compile(r"Conflicting lock is held in (?:(?P<program>.*?) \()?PID (?P<pid>\d+)")
_DAMAGE = (
    "not a valid DuckDB database file",
    "Corrupt database file",
    "Could not read enough bytes",
    "Failure while replaying WAL",
    "Failed to load metadata pointer",
    "database has been invalidated",
    # What is SQLite's own DuckDB would read by an extension, which it would have to download.
    "sqlite_scanner",
    "Serialization Error",
)
_REFUSED = ("Permission denied", "Read-only file system", "Operation not permitted")
_FULL = ("No space left on device", "failed to offload data block", "Disk quota exceeded")


class WarehouseError(TallybookError):
    """The warehouse cannot be opened; the message says why and what to do."""


class DamagedWarehouseError(WarehouseError):
    """The DuckDB file is not one, or not a whole one."""


def opened(warehouse: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse, whose views read the lake beside it, also where it was moved or copied.

    What earlier versions kept elsewhere in it is brought to its place first.
    Raises WarehouseError (DamagedWarehouseError) or WarehouseBusyError.
    """
    con = connected(warehouse, read_only=read_only)
    if not _reads_own_lake(con, warehouse):
        con.close()
        _follow_move(warehouse)
        con = connected(warehouse, read_only=read_only)
    if _has_old_state(con):
        con.close()
        _move_state(warehouse)
        con = connected(warehouse, read_only=read_only)
    return con


def connected(warehouse: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the file as it is, whatever lake its views read. Raises as `opened` does."""
    try:
        require_place(warehouse)
        return duckdb.connect(str(warehouse), read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise explained(error, warehouse) or WarehouseError(f"{warehouse}: {_one_line(error)}") from error


def lake_root(warehouse: Path) -> Path:
    """The folder of the lake beside a warehouse."""
    return warehouse.with_name(f"{warehouse.stem}.lake")


def serving_file(warehouse: Path) -> Path:
    """The file beside a warehouse that BI tools read."""
    return warehouse.with_name(f"{warehouse.stem}.serving.duckdb")


def is_same_place(one: str, other: Path) -> bool:
    """Whether two paths are one folder, links followed."""
    return one == str(other) or os.path.realpath(one) == os.path.realpath(other)


def explained(error: BaseException, warehouse: Path) -> WarehouseError | WarehouseBusyError | None:
    """What a fault of the file or of its disk means, and what to do; None for any other fault.

    Goes by what DuckDB and the system say, since both put it into texts (and dbt hands on nothing else).
    """
    text = _one_line(error)
    if _LOCKED in text:
        return WarehouseBusyError(
            f"{warehouse} is held open by {_who_holds(text, warehouse)}: close it there, or end that program, and run "
            f"again; what only reads should read {serving_file(warehouse).name} beside it, which keeps no run waiting"
        )
    if any(sign in text for sign in _FULL):
        return WarehouseError(
            f"the disk of {_place(error, text, warehouse.parent)} is full: make room and run again; what was begun "
            "does not count"
        )
    if any(sign in text for sign in _DAMAGE) and _is_of(text, warehouse):
        return DamagedWarehouseError(_damage(text, warehouse))
    if isinstance(error, PermissionError) or any(sign in text for sign in _REFUSED):
        place = _place(error, text, warehouse)
        return WarehouseError(f"this user may not read and write {place} ({_why(text)}): let it, or run as who may")
    if isinstance(error, IsADirectoryError):
        return WarehouseError(f"{_place(error, text, warehouse)} is a folder where a file should be: move it away")
    if isinstance(error, NotADirectoryError | FileExistsError):
        return WarehouseError(f"{_place(error, text, warehouse)} is a file where a folder should be: move it away")
    return None


def _who_holds(text: str, warehouse: Path) -> str:
    """Every process that has the file open: those that the system names, else the one that DuckDB does."""
    programs = {pid: program(pid) for pid in holders(warehouse)}
    if not programs and (held := _HOLDER.search(text)):
        programs = {int(held["pid"]): Path(held["program"] or "").name}
    named = [f"{pid} ({name})" if name else str(pid) for pid, name in programs.items()]
    if not named:
        return "another program, in another container or on another machine"
    return f"process{'es' if len(named) > 1 else ''} {', '.join(named)}"


@contextmanager
def in_sentences(warehouse: Path) -> Iterator[None]:
    """Raise what `explained` makes of faults of DuckDB and of the system; any other passes as it is."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if (sentence := explained(error, warehouse)) is None:
            raise
        raise sentence from error


def _damage(text: str, warehouse: Path) -> str:
    kept = warehouse.with_name(f"{warehouse.stem}.kept")
    known = "closed months, releases, prices in force, restatements and the run log"
    rest = (
        f"{known} are then taken from {kept}"
        if kept.is_dir()
        else f"{known}, which only this file had, are lost with it, since there is no {kept}"
    )
    return (
        f"{warehouse} is damaged and cannot be read ({_why(text)}): put a copy of it back, or let tallybook run "
        f"--full-refresh set it aside and compute all again from the landing zone; {rest}"
    )


def require_place(warehouse: Path) -> None:
    """Raise WarehouseError where no DuckDB file can be at this path."""
    if "?" in str(warehouse):
        raise WarehouseError(f"{warehouse} has a '?' in its path, which DuckDB cannot take: choose another place")
    if warehouse.is_dir():
        raise WarehouseError(f"{warehouse} is a folder where the DuckDB file should be: move it away")
    for folder in warehouse.parents:
        if folder.exists():
            if not folder.is_dir():
                raise WarehouseError(f"{folder} is a file where the folder of the warehouse should be: move it away")
            return


def _place(error: BaseException, text: str, otherwise: Path) -> str:
    if isinstance(error, OSError) and isinstance(error.filename, str | bytes):
        return os.fsdecode(error.filename)
    named = re.search(r'file "([^"]+)"', text)
    return named[1] if named else str(otherwise)


def _is_of(text: str, warehouse: Path) -> bool:
    """Whether no other file is named in it: one of the lake or of the landing zone can be damaged, too."""
    named = re.search(r'[Ff]ile "([^"]+)"', text)
    return named is None or Path(named[1]).name.startswith(warehouse.name)


def _why(text: str) -> str:
    reason = text.removeprefix("IO Error: ").split(" See also")[0]
    return reason if len(reason) <= 160 else f"{reason[:160]}…"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _reads_own_lake(con: duckdb.DuckDBPyConnection, warehouse: Path) -> bool:
    try:
        row = con.execute("select root from lake.place").fetchone()
    except duckdb.CatalogException:
        # Nothing was ever loaded, or by a version that noted no place.
        return not con.execute("from duckdb_tables() where schema_name = 'lake' and table_name = 'parts'").fetchone()
    except duckdb.Error as error:
        con.close()
        raise explained(error, warehouse) or error from error
    return row is not None and is_same_place(row[0], lake_root(warehouse))


def _follow_move(warehouse: Path) -> None:
    """Let the views read the lake beside the warehouse. Raises WarehouseError where that cannot be written down."""
    from orchestration.loading.lake.catalog import ensure_catalog
    from orchestration.loading.lake.lake import Lake

    try:
        with writer_lock(warehouse), connected(warehouse) as con:
            ensure_catalog(con)
            Lake(con, lake_root(warehouse), 0).follow_move()
    except WarehouseBusyError:
        raise
    except (WarehouseError, OSError) as error:
        raise WarehouseError(
            f"{warehouse} was moved or copied, and its views still read the lake of where it was; that cannot be "
            f"written down: {error}"
        ) from error


def _has_old_state(con: duckdb.DuckDBPyConnection) -> bool:
    from orchestration.building.state import has_old_state

    return has_old_state(con)


def _move_state(warehouse: Path) -> None:
    """Bring the state of builds to its schema. Raises WarehouseError where that cannot be written down."""
    from orchestration.building.state import move_state

    try:
        with writer_lock(warehouse), connected(warehouse) as con:
            move_state(con)
    except WarehouseBusyError:
        raise
    except (WarehouseError, duckdb.Error, OSError) as error:
        raise WarehouseError(
            f"{warehouse} is of an earlier version, and what it knows of builds cannot be moved: {_one_line(error)}"
        ) from error
