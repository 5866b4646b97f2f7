"""How long each step of each run took, `audit.run_log`: rows are added, never changed, and no refresh drops them."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Step:
    """A step as it went: `rows` where it is known how many rows (of a site: reports) it dealt with."""

    name: str
    seconds: float
    rows: int | None = None


def note_steps(warehouse: Path, run_id: str, started_at: datetime, steps: Sequence[Step]) -> None:
    """Enter the steps of a part of a run that began at an instant (UTC), with the process's peak of memory so far."""
    peak = peak_memory_bytes()
    rows = [
        [run_id, step.name, started_at.replace(tzinfo=None), round(step.seconds, 3), step.rows, peak] for step in steps
    ]
    if not rows:
        return
    with writer_lock(warehouse), opened(warehouse) as con:
        con.execute(_RUN_LOG)
        con.executemany("insert into audit.run_log values (?, ?, ?, ?, ?, ?)", rows)


def peak_memory_bytes() -> int:
    """The most memory that this process has had at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kilobytes.
    return peak if sys.platform == "darwin" else peak * 1024
