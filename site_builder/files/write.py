"""Putting files into the site: the only module that writes there.

What is made lies in a draft, a hidden folder within the site, until all of it is there. Then it takes its place, file
by file and the manifest last; a build that dies before has changed nothing, and one that dies in between is finished by
the next.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from site_builder.failures import PlaceError, SiteError
from site_builder.files import manifest
from site_builder.files.manifest import FileRecord, Manifest

DRAFT = ".draft."
# What the present manifest was when the draft was begun: a draft of another site must not take its place.
_BASE = ".base"


@dataclass(frozen=True)
class Draft:
    """A `site` and what is to change in it, which lies in `folder`; `moved`: old names of files by their new ones."""

    site: Path
    folder: Path
    moved: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, content: bytes) -> FileRecord:
        """Have a file in the site to be; its record (without the report's fields). Raises PlaceError."""
        drafted = self.folder / path
        # Never written into: it may be another name of a file of the site.
        drafted.unlink(missing_ok=True)
        if not _holds(self.site / path, content):
            _require_place(self.site, path)
            drafted.parent.mkdir(parents=True, exist_ok=True)
            drafted.write_bytes(content)
        return FileRecord(path, len(content), hashlib.sha256(content).hexdigest())

    def move(self, old: str, new: str) -> None:
        """Have a file of the site under another name, too. Raises OSError where it is not there."""
        self.moved[new] = old
        target = self.folder / new
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.site / old, target)
        except OSError:
            shutil.copyfile(self.site / old, target)

    def forget(self, folder: str) -> None:
        """Leave a folder of the site as it is."""
        shutil.rmtree(self.folder / folder, ignore_errors=True)
        for new in [path for path in self.moved if path.startswith(f"{folder}/")]:
            self.move(self.moved[new], new)

    def find(self, path: str) -> Path:
        """Where a file of the site to be lies now, if it is there."""
        drafted = self.folder / path
        return drafted if drafted.is_file() else self.site / path

    def content_of(self, record: FileRecord) -> bytes | None:
        """The bytes of a recorded file of the site to be; None where it is not there as it was recorded."""
        try:
            content = self.find(record.path).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == record.sha256 else None

    def commit(self, after: Manifest) -> None:
        """Make the site what the draft and the manifest say. Raises OSError, PlaceError; then `finish` goes on."""
        listing = manifest.to_bytes(after)
        is_other = not _holds(self.site / manifest.FILE_NAME, listing)
        if is_other or any(path.is_file() for path in self.folder.rglob("[!.]*")):
            partial = self.folder / f".{manifest.FILE_NAME}"
            partial.write_bytes(listing)
            partial.replace(self.folder / manifest.FILE_NAME)
        finish(self.site)


@contextmanager
def draft_of(site: Path) -> Iterator[Draft]:
    """A new draft; what is not committed when the block ends is dropped. Raises SiteError where none can be made."""
    is_new = not site.exists()
    try:
        site.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=DRAFT, dir=site))
    except OSError as error:
        raise SiteError(f"the site cannot be written to {site}: {error.strerror}") from error
    try:
        (folder / _BASE).write_text(_hash_of(site / manifest.FILE_NAME), encoding="ascii")
        yield Draft(site, folder)
    finally:
        if not (folder / manifest.FILE_NAME).exists():
            shutil.rmtree(folder, ignore_errors=True)
        if is_new:
            with suppress(OSError):
                site.rmdir()


def drafts(site: Path) -> list[Path]:
    """What builds that broke off left, and what one at work has."""
    return sorted(path for path in site.glob(f"{DRAFT}*") if path.is_dir())


def finish(site: Path) -> None:
    """Let a whole draft take its place, and drop others. Raises OSError, PlaceError."""
    for folder in drafts(site):
        if (folder / manifest.FILE_NAME).is_file() and _base_of(folder) == _hash_of(site / manifest.FILE_NAME):
            _take_place(site, folder)
        shutil.rmtree(folder)


def sweep(site: Path) -> None:
    """Remove what writers of earlier versions left where they were killed: `.NAME.PROCESS.tmp`."""
    for path in site.rglob(".*.tmp"):
        if path.name.split(".")[-2].isdigit():
            path.unlink(missing_ok=True)


def _take_place(site: Path, folder: Path) -> None:
    """What is linked to before what links to it, then what is listed no more is removed, and the manifest last."""
    listed = manifest.load(folder).files.keys()
    paths = {path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file()}
    for path in sorted(paths & listed, key=lambda path: (path.endswith(".html"), -path.count("/"), path)):
        _move(folder / path, site, path)
    gone = manifest.load(site).files.keys() - listed
    for path in sorted(gone):
        with suppress(FileNotFoundError, NotADirectoryError):
            (site / path).unlink()
        for parent in (site / path).parents:
            if parent == site or not _removed(parent):
                break
    _move(folder / manifest.FILE_NAME, site, manifest.FILE_NAME)


def _move(source: Path, site: Path, path: str) -> None:
    _require_place(site, path)
    target = site / path
    if target.is_dir():
        target.rmdir()
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _require_place(site: Path, path: str) -> None:
    """Raise PlaceError where something of another kind stands in a file's way, or nothing can be written there."""
    target = site / path
    if target.is_dir() and any(target.iterdir()):
        raise PlaceError(f"{target} is a folder, and a file belongs there: remove it")
    for parent in target.parents:
        if parent.is_dir():
            if not os.access(parent, os.W_OK | os.X_OK):
                raise PlaceError(f"{parent} cannot be written to: Permission denied")
            return
        if parent.exists() or parent.is_symlink():
            raise PlaceError(f"{parent} is a file, and a folder belongs there: remove it")


def _base_of(folder: Path) -> str | None:
    try:
        return (folder / _BASE).read_text(encoding="ascii")
    except (OSError, ValueError):
        return None


def _hash_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _holds(target: Path, content: bytes) -> bool:
    try:
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except OSError:
        return False
