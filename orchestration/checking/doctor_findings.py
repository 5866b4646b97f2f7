"""What a check of `tallybook doctor` finds, and whether a folder can be written to."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

LEAST_FREE_BYTES = 1_000_000_000
MOST_CLOCK_SKEW = timedelta(seconds=60)
# Begins the names of what a check writes for a moment.
PROBE = ".tallybook-doctor"


@dataclass(frozen=True)
class Finding:
    """What a check found: its `subject`, whether it `is_well`, what was seen, and what to do where it is not."""

    subject: str
    is_well: bool
    seen: str
    remedy: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """It to read: what was seen, and the remedy below it."""
        sign = "ok " if self.is_well else "BAD"
        seen = f"{sign} {self.subject:<12} {self.seen}"
        return (seen, f"    → {self.remedy}") if self.remedy else (seen,)


def nearest(folder: Path) -> Path:
    """The folder, or where it would be made."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def writable(subject: str, folder: Path, needed: int) -> Finding:
    """Whether a folder, or where it would be made, can be written to and has `needed` bytes free."""
    folder = nearest(folder)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=PROBE):
            pass
    except OSError as error:
        remedy = f"let the user that runs this write there: chown -R $(id -un) {folder}"
        return Finding(subject, False, f"{folder} cannot be written to: {error.strerror}", remedy)
    free, needed = shutil.disk_usage(folder).free, max(needed, LEAST_FREE_BYTES)
    seen = f"{folder}: {free / 1e9:.1f} GB free"
    if free >= needed:
        return Finding(subject, True, seen)
    remedy = f"make room: {needed / 1e9:.1f} GB are wanted, twice what is there now, for a full refresh"
    return Finding(subject, False, seen, remedy)
