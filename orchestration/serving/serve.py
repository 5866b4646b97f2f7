"""The serving file: written whole beside the warehouse once a build's checks have passed, and swapped in one step.

Who has the earlier file open goes on reading it. Nothing of Tallybook reads the new one, so that no reader can ever
keep a run waiting.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from orchestration.building.build import last_build
from orchestration.building.dbt_runner import ensure_manifest
from orchestration.building.state import require_marts
from orchestration.loading.lake.lake import sql_quoted
from orchestration.serving.meanings import read_marts
from orchestration.serving.writing import SERVING, WAREHOUSE, write_tables
from orchestration.warehouse import in_sentences, serving_file
from orchestration.writer_lock import writer_lock

# Every DuckDB from this version on reads the file, those with long-term support (1.4) too.
STORAGE_VERSION = "v1.2.0"
# Bytes, the least there is: each of the many small tables and indexes takes whole blocks.
_BLOCK_SIZE = 16_384
_FORM = f"storage_version '{STORAGE_VERSION}', block_size {_BLOCK_SIZE}"


@dataclass(frozen=True)
class Served:
    """The serving file. is_written: it was written now; is_removed: it was, and is there no more.

    Where neither is so it was what it should be; tables, rows, bytes and seconds are of what was written.
    """

    file: Path
    is_written: bool = False
    is_removed: bool = False
    tables: int = 0
    rows: int = 0
    bytes: int = 0
    seconds: float = 0.0


def serve(warehouse: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Served:
    """Bring the serving file up to the last build; nothing is written where it is.

    Raises UnbuiltError where the marts are not whole, or not of all that is loaded.
    """
    started, file = time.perf_counter(), serving_file(warehouse)
    new = _new(file)
    with writer_lock(warehouse), in_sentences(warehouse):
        _remove(new)
        if is_current(warehouse):
            return Served(file)
        require_marts(warehouse, of_all_loaded=True)
        rows = _write(warehouse, new, progress)
        new.replace(file)
        _remove(new)
        _note(file).write_text(json.dumps(_what_is_there(warehouse, file)), encoding="utf-8")
    return Served(
        file,
        is_written=True,
        tables=len(rows),
        rows=sum(rows.values()),
        bytes=file.stat().st_size,
        seconds=round(time.perf_counter() - started, 3),
    )


def stop_serving(warehouse: Path) -> Served:
    """Remove the serving file, if there is one: it would go on showing what is no longer so."""
    file = serving_file(warehouse)
    with writer_lock(warehouse), in_sentences(warehouse):
        _remove(_new(file))
        is_there = file.exists()
        file.unlink(missing_ok=True)
        _note(file).unlink(missing_ok=True)
    return Served(file, is_removed=is_there)


def is_current(warehouse: Path) -> bool:
    """Whether the serving file is what was written after the last build, and nobody changed it since."""
    file = serving_file(warehouse)
    if not file.is_file():
        return False
    try:
        noted = json.loads(_note(file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(noted == _what_is_there(warehouse, file))


def _write(warehouse: Path, new: Path, progress: Callable[[int, int], None]) -> dict[str, int]:
    marts = read_marts(ensure_manifest())
    with duckdb.connect(config={"temp_directory": f"{new}.tmp"}) as con:
        con.execute("set timezone = 'UTC'; set checkpoint_threshold = '4GB'")
        con.execute(f"attach '{sql_quoted(str(warehouse))}' as {WAREHOUSE} (read_only)")
        con.execute(f"attach '{sql_quoted(str(new))}' as {SERVING} ({_FORM})")
        # Views of the warehouse name schemas and tables, not the file.
        con.execute(f"use {WAREHOUSE}")
        rows = write_tables(con, marts, progress)
        con.execute("use memory")
        con.execute(f"detach {SERVING}")
    with new.open("rb") as written:
        os.fsync(written.fileno())
    return rows


def _note(file: Path) -> Path:
    """Beside it, what it was written of: a reader may hold the warehouse, and the file's own bytes tell of no run."""
    return file.with_name(f"{file.name}.json")


def _what_is_there(warehouse: Path, file: Path) -> dict[str, object]:
    there = file.stat()
    return {
        "build_id": last_build(warehouse).build_id,
        "written_by": _code(),
        "bytes": there.st_size,
        "changed_ns": there.st_mtime_ns,
    }


def _new(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


def _remove(new: Path) -> None:
    """What a process left that died while it wrote."""
    for left in (new, new.with_name(f"{new.name}.wal")):
        left.unlink(missing_ok=True)
    shutil.rmtree(f"{new}.tmp", ignore_errors=True)


@cache
def _code() -> str:
    """SHA-256 over the code of this package, which decides what a build's marts become."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
