"""What goes wrong while a site is built: what costs one report, and what stops all of them."""

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Of the machine, whatever report met them first.
_OF_ALL = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN}
)


class SiteError(Exception):
    """The site could not be built; the message says what is missing or wrong and where."""


class PlaceError(Exception):
    """A file cannot be put where it belongs; the message says what is in the way."""


@dataclass(frozen=True)
class Failed:
    """What could not be made: its `place` in the site, as of a report its folder, and the `reason` in a line."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place} could not be made and stays as it was: {self.reason}"


def stops_all(error: BaseException) -> bool:
    """Whether it is no report's own fault, so that the others would fare no better."""
    if isinstance(error, OSError):
        return error.errno in _OF_ALL
    return isinstance(error, MemoryError) or not isinstance(error, Exception)


def reason_of(error: BaseException) -> str:
    """What went wrong, in a line; of what nobody foresaw with its place in the code."""
    text = " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, PlaceError | SiteError):
        return text
    if isinstance(error, MemoryError):
        return "out of memory"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {text}"


@contextmanager
def costing_only(place: str, failed: list[Failed]) -> Iterator[None]:
    """Note what goes wrong in the block as the fault of `place` alone; what stops all is raised."""
    try:
        yield
    except Exception as error:
        if stops_all(error):
            raise
        failed.append(Failed(place, reason_of(error)))
