"""One writer at a time: a warehouse has a single writing process, so a second run is refused, not queued."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TallybookError

_held: dict[Path, int] = {}


class WarehouseBusyError(TallybookError):
    """Another process is writing to this warehouse."""


@contextmanager
def writer_lock(warehouse: Path) -> Iterator[None]:
    """Hold the right to write to `warehouse` until the block ends.

    Re-entrant within a process (a whole run holds it around its steps); the operating system frees it when the
    process dies, so no stale lock is ever left. Raises WarehouseBusyError at once where another process holds it.
    """
    if _held.get(warehouse):
        _held[warehouse] += 1
        try:
            yield
        finally:
            _held[warehouse] -= 1
        return
    path = warehouse.with_name(f"{warehouse.stem}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        _acquire(file.fileno(), path, warehouse)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        _held[warehouse] = 1
        try:
            yield
        finally:
            del _held[warehouse]


def _acquire(descriptor: int, path: Path, warehouse: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = path.read_text(encoding="ascii").strip() or "unknown"
        raise WarehouseBusyError(f"{warehouse} is being written by process {owner}; wait for it or stop it") from None
