"""How long each step of each run took, `audit.run_log`: rows are added, never changed, and no refresh drops them."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.warehouse import opened
from orchestration.writer_lock import writer_lock

_RUN_LOG = """
    create schema if not exists audit;
    create table if not exists audit.run_log (
        run_id varchar, step varchar, started_at timestamp, seconds decimal(18, 3), rows bigint,
        peak_memory_bytes bigint);
"""


# One text for all of them: DuckDB looks for pandas in the whole environment for each value that it is handed.
_ENTRIES = """
    insert into audit.run_log
    select $1, entry.name, $2, entry.seconds, entry.rows, $4
    from (select unnest(from_json($3, '[{"name": "varchar", "seconds": "decimal(18, 3)", "rows": "bigint"}]')) as entry)
"""


@dataclass(frozen=True)
class Step:
    """A step as it went: `rows` where it is known how many rows (of a site: reports) it dealt with."""

    name: str
    seconds: float
    rows: int | None = None


def note_steps(warehouse: Path, run_id: str, started_at: datetime, steps: Sequence[Step]) -> None:
    """Enter the steps of a part of a run that began at an instant (UTC), with the process's peak of memory so far."""
    peak = peak_memory_bytes()
    if not steps:
        return
    entries = [{"name": step.name, "seconds": round(step.seconds, 3), "rows": step.rows} for step in steps]
    with writer_lock(warehouse), opened(warehouse) as con:
        con.execute(_RUN_LOG)
        con.execute(_ENTRIES, [run_id, started_at.replace(tzinfo=None), json.dumps(entries), peak])


def peak_memory_bytes() -> int:
    """The most memory that this process has had at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kilobytes.
    return peak if sys.platform == "darwin" else peak * 1024
