"""Publishing into a folder: whole releases side by side, and a link to the one that is current.

TARGET/current → releases/000012      what the web server shows
TARGET/releases/000012/               a release; files that did not change are hard links into the one before
TARGET/releases/000012.json           what is in it
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.progress import Progress
from orchestration.publishing.release import (
    Content,
    Files,
    Publication,
    PublishingError,
    content_of,
    from_record,
    is_asset,
    outdated,
    to_record,
)

CURRENT, RELEASES = "current", "releases"
# Whoever publishes means others to read it, whatever this process's umask says of files in general.
_FILE_MODE, _FOLDER_MODE = 0o644, 0o755
_LOCK, _PARTIAL = ".publish.lock", ".partial"


class FolderTarget:
    """A folder on this machine, or one that is mounted here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.releases = folder / RELEASES

    def publish(self, site: Path, files: Files, *, keep: int, progress: Progress) -> Publication:
        """Make `files` of the site the current release, and keep so many. Raises PublishingError.

        Until the very last step readers see the release before; what a broken-off publication left is cleared away.
        """
        with self._locked():
            self._clear()
            current = self._current()
            before = self._record(current) if current else {}
            if dict(files) == dict(before):
                return Publication(current, len(files), 0, 0, self._prune(keep))
            number = max(self._numbers(), default=0) + 1
            sent = self._lay_out(site, files, current, before, number, progress)
            self._switch(number)
            size = sum(files[path].bytes for path in sent)
            return Publication(number, len(files), len(sent), size, self._prune(keep, never_back_to=(current, number)))

    def roll_back(self) -> Publication:
        """Make the release before the current one current again. Raises PublishingError where there is none."""
        with self._locked():
            current = self._current()
            earlier = [number for number in self._numbers() if number < current]
            if not earlier:
                raise PublishingError(f"{self.folder} has no release before the current one")
            self._switch(max(earlier))
            return Publication(max(earlier), len(self._record(max(earlier))), 0, 0)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            _make_folder(self.releases)
            lock = (self.folder / _LOCK).open("w")
        except OSError as error:
            raise PublishingError(f"{self.folder} cannot be written to: {error.strerror}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublishingError(f"somebody else is publishing to {self.folder}; try again after that") from None
            try:
                yield
            except OSError as error:
                at = f": {error.filename}" if error.filename else ""
                raise PublishingError(f"{self.folder} cannot be published to: {error.strerror}{at}") from error

    def _current(self) -> int:
        """The number of the current release; 0 without one."""
        link = self.folder / CURRENT
        if not link.is_symlink():
            if link.exists():
                raise PublishingError(f"{link} is there, and not the link to a release")
            return 0
        return int(link.readlink().name)

    def _numbers(self) -> list[int]:
        return sorted(int(path.name) for path in self.releases.iterdir() if path.name.isdigit())

    def _name(self, number: int) -> str:
        return f"{number:06d}"

    def _record_path(self, number: int) -> Path:
        return self.releases / f"{self._name(number)}.json"

    def _record(self, number: int) -> Files:
        path = self._record_path(number)
        try:
            return from_record(path.read_bytes(), str(path))
        except FileNotFoundError:
            raise PublishingError(f"{path} is missing: what release {number} was made of is not known") from None

    def _clear(self) -> None:
        for path in self.releases.glob(f"*{_PARTIAL}"):
            shutil.rmtree(path)

    def _lay_out(
        self, site: Path, files: Files, current: int, before: Files, number: int, progress: Progress
    ) -> list[str]:
        """Write a whole release beside the others, read back every file of it, and give it its name; what was sent."""
        partial = self.releases / f"{self._name(number)}{_PARTIAL}"
        old = self.releases / self._name(current)
        # Whoever has a page of the release before open still needs what it was made to look like.
        kept = {path: content for path, content in before.items() if is_asset(path) and path not in files}
        whole = {**kept, **files}
        sent = []
        for done, (path, content) in enumerate(sorted(whole.items()), 1):
            target = partial / path
            _make_folder(target.parent)
            if not (before.get(path) == content and _linked(old / path, target, content)):
                shutil.copyfile(site / path if path in files else old / path, target)
                sent.append(path)
                _verify(target, content)
            target.chmod(_FILE_MODE)
            progress("publish", done, len(whole))
        self._record_path(number).write_bytes(to_record(files))
        # The switch must not reach the disk before what it switches to.
        os.sync()
        partial.rename(self.releases / self._name(number))
        return [path for path in sent if path in files]

    def _switch(self, number: int) -> None:
        link = self.folder / f".{CURRENT}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(RELEASES) / self._name(number))
        link.replace(self.folder / CURRENT)

    def _prune(self, keep: int, never_back_to: tuple[int, int] = (0, 0)) -> int:
        gone = outdated(self._numbers(), self._current(), keep, never_back_to)
        for number in gone:
            shutil.rmtree(self.releases / self._name(number))
            self._record_path(number).unlink(missing_ok=True)
        return len(gone)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it that are not there, for all to enter."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(_FOLDER_MODE)


def _linked(old: Path, new: Path, content: Content) -> bool:
    """Whether the file of the release before, whole as it was, is now this one's too; else it has to be copied."""
    if content_of(old) != content:
        return False
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def _verify(path: Path, content: Content) -> None:
    if content_of(path) != content:
        raise PublishingError(f"{path} did not arrive as it was sent; the release before stays current")
