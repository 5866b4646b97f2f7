"""The landing zone: which of its files are there, what each of them is, and which are named as not read."""

from __future__ import annotations

import errno
import os
import re
import stat as modes
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from orchestration.errors import TallybookError
from orchestration.loading.zone.storage import StorageError, list_objects
from orchestration.object_stores import is_url

DIRECTORY = "directory"
LANDING_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The clock stands at the last landing date, and marts have rows for every date up to it: a slip of the pen must not
# make that thousands of years.
FIRST_LANDED, LAST_LANDED = date(2000, 1, 1), date(2099, 12, 31)
# What people put at the top of a zone: what describes it, and settings. All else up there is a log in the wrong place.
NOTES = (".md", ".txt", ".toml")
# Two writes this close together can leave the same size and time behind, so such a time proves nothing.
LOCAL_CLOCK_GRAIN_NS = 100_000_000
STORE_CLOCK_GRAIN_NS = 2_000_000_000


class LandingError(TallybookError):
    """The landing zone itself cannot be read."""


@dataclass(frozen=True)
class LandedFile:
    """A file about to be read. path: below the landing zone, with '/'; local: where its bytes can be read."""

    file_id: int
    source: str
    path: str
    landing_date: date
    local: Path
    bytes: int


@dataclass(frozen=True)
class ZoneFile:
    """A file as the zone lists it. `location` is a local path or the URL of an object.

    stat: size and times as text; None where they are too young to prove that the file is as it was.
    landing_date is None for the directory's files.
    """

    source: str
    path: str
    landing_date: date | None
    location: str
    bytes: int
    stat: str | None


@dataclass
class Zone:
    """What a scan found. `outside` and `unknown` are paths that are named but not read, each with what it is.

    outside: not below a landing date, or no file; unknown: of a source nobody reads.
    """

    files: list[ZoneFile] = field(default_factory=list)
    directory: list[ZoneFile] = field(default_factory=list)
    outside: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


def scan_zone(raw: str, sources: Collection[str]) -> Zone:
    """List the zone at `raw` (a folder or a prefix in an object store), in byte order of the paths.

    Raises LandingError where the zone cannot be listed.
    """
    zone = Zone()
    taken: set[str] = set()
    listing = _store_listing(raw) if is_url(raw) else _local_listing(Path(raw), zone)
    for path, location, size, stat in sorted(listing, key=lambda entry: entry[0].encode()):
        if path in taken:
            zone.outside[path] = "has the name of another file, once its odd bytes are written out,"
            continue
        taken.add(path)
        _place(zone, path, location, size, stat, sources)
    zone.outside = dict(sorted(zone.outside.items()))
    return zone


def parse_landing_date(name: str) -> date | None:
    """The landing date that a folder's name says, or None where it is none."""
    if not LANDING_DATE.fullmatch(name):
        return None
    try:
        landed = date.fromisoformat(name)
    except ValueError:
        return None
    return landed if FIRST_LANDED <= landed <= LAST_LANDED else None


def _place(zone: Zone, path: str, location: str, size: int, stat: str | None, sources: Collection[str]) -> None:
    parts = path.split("/")
    if any(_is_ignored(part) for part in parts) or path.endswith(".tmp"):
        return
    if parts[0] == DIRECTORY and len(parts) > 1:
        is_table = len(parts) == 2 and path.endswith(".csv")
        if is_table:
            zone.directory.append(ZoneFile(DIRECTORY, path, None, location, size, stat))
        else:
            zone.unknown[path] = "is no CSV file right below directory/"
        return
    landed = parse_landing_date(parts[1]) if len(parts) > 2 else None
    if path.endswith("/"):
        zone.outside[path] = "has the name of a folder and yet a content"
    elif landed is None:
        if len(parts) > 1 or not path.endswith(NOTES):
            zone.outside[path] = _misplaced(parts, sources)
    elif parts[0] in sources:
        zone.files.append(ZoneFile(parts[0], path, landed, location, size, stat))
    else:
        zone.unknown[path] = f"lies in {parts[0]}/, a source that nobody reads,"


def _misplaced(parts: list[str], sources: Collection[str]) -> str:
    reason = "lies in no source's landing date"
    if len(parts) > 2 and parts[0] in sources and parts[1]:
        return f"{reason} ({parts[1]} is no date as YYYY-MM-DD from {FIRST_LANDED} to {LAST_LANDED})"
    return reason


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "_"))


def _local_listing(root: Path, zone: Zone) -> Iterator[tuple[str, str, int, str | None]]:
    if not root.is_dir():
        raise LandingError(f"landing zone {root} is {_kind_of(root)}, not a folder")
    now = time.time_ns()
    for entry, path in _walk(str(root), "", os.path.realpath(root), zone):
        try:
            info = entry.stat()
        except FileNotFoundError:
            continue  # gone since it was listed: it is not there
        except OSError as error:
            zone.outside[path] = f"cannot be looked at ({error.strerror})"
            continue
        if not modes.S_ISREG(info.st_mode):
            # Reading a pipe or a device could block for ever.
            link = "a symbolic link to " if entry.is_symlink() else ""
            zone.outside[path] = f"is {link}{_kind(info.st_mode)}"
            continue
        is_settled = now - max(info.st_mtime_ns, info.st_ctime_ns) > LOCAL_CLOCK_GRAIN_NS
        stat = f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}" if is_settled else None
        yield path, entry.path, info.st_size, stat


def _walk(folder: str, below: str, root: str, zone: Zone) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Every file below `folder`. A link counts as the file of the zone that it leads to; one to a folder never does.

    Followed folders would be there under two names, and what is in them landed on two dates.
    """
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise LandingError(f"{folder}: {error.strerror}") from error
    for entry in entries:
        name = _readable(entry.name)
        path = f"{below}{name}"
        if _is_ignored(name) or name.endswith(".tmp") and not entry.is_dir():
            continue
        odd = _odd_link(entry.path, root) if entry.is_symlink() else None
        if odd:
            zone.outside[path] = odd
        elif entry.is_dir():
            yield from _walk(entry.path, f"{path}/", root, zone)
        else:
            yield entry, path


def _odd_link(path: str, root: str) -> str | None:
    """What a symbolic link is that leads to no file of the zone; None of one that does."""
    try:
        mode = Path(path).stat().st_mode
    except OSError as error:
        return f"is a symbolic link {'in a circle' if error.errno == errno.ELOOP else 'that leads nowhere'}"
    real = os.path.realpath(path)
    if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
        return f"is a symbolic link out of the landing zone, to {_kind(mode)}"
    if not modes.S_ISDIR(mode):
        return None
    is_circle = Path(os.path.realpath(Path(path).parent)).is_relative_to(real)
    return f"is a symbolic link {'in a circle, to a folder that it lies in' if is_circle else 'to a folder'}"


def _kind(mode: int) -> str:
    kinds = {
        modes.S_IFREG: "a file",
        modes.S_IFDIR: "a folder",
        modes.S_IFIFO: "a named pipe (FIFO)",
        modes.S_IFSOCK: "a socket",
        modes.S_IFCHR: "a device",
        modes.S_IFBLK: "a device",
    }
    return kinds.get(modes.S_IFMT(mode), "no file")


def _kind_of(path: Path) -> str:
    try:
        return _kind(path.stat().st_mode)
    except OSError as error:
        if path.is_symlink():
            return f"a symbolic link {'in a circle' if error.errno == errno.ELOOP else 'that leads nowhere'}"
        return "not there"


def _readable(name: str) -> str:
    # A name that is not UTF-8 is shown with its odd bytes escaped, so that it can be written into the audit.
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _store_listing(raw: str) -> Iterator[tuple[str, str, int, str | None]]:
    now = time.time_ns()
    prefix = raw.rstrip("/") + "/"
    try:
        objects = list_objects(prefix)
    except StorageError as error:
        raise LandingError(str(error)) from error
    for url, size, modified_ns in objects:
        stat = f"{size}:{modified_ns}" if now - modified_ns > STORE_CLOCK_GRAIN_NS else None
        yield url.removeprefix(prefix), url, size, stat
