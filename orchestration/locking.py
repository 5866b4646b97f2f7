"""One process at a time at something that is not the warehouse: a lock on a small file beside it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.errors import TallybookError


@contextmanager
def locked(path: Path, busy: TallybookError) -> Iterator[None]:
    """Hold the lock file `path` until the block ends. Raises `busy` where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy from None
        yield
