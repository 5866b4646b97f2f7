"""What is published: the files of a site as its manifest lists them, each looked at before it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import TallybookError
from orchestration.published import read_manifest
from site_builder.files import manifest, urls

_CHUNK = 1 << 20


class PublishingError(TallybookError):
    """The site cannot be published; the message says which file or place, and why."""


@dataclass(frozen=True)
class Content:
    """What is in a file: SHA-256 in hex, and how many bytes."""

    sha256: str
    bytes: int


Files = Mapping[str, Content]
"""A release: what is in each file, by its path below the site."""


def release_of(site: Path, *, tenants_only: bool = False) -> Files:
    """Every file of a site, read and found as its manifest has it; `tenants_only`: of the tenants' folders alone.

    Raises PublishingError naming the first file that is missing or another than it was made.
    """
    published = read_manifest(site)
    if not published.files:
        raise PublishingError(f"there is no site at {site}")
    files = {path: Content(file.sha256, file.bytes) for path, file in published.files.items()}
    if tenants_only:
        tenants = {folder for folder, scope in published.scopes.items() if scope.tenant_id is not None}
        files = {path: content for path, content in files.items() if path.split("/")[0] in tenants}
    for path in sorted(files):
        if content_of(site / path) != files[path]:
            raise PublishingError(
                f"{site / path} is not the file that {manifest.FILE_NAME} lists; build the site again"
            )
    if not tenants_only:
        listing = content_of(site / manifest.FILE_NAME)
        if listing is None:
            raise PublishingError(f"{site / manifest.FILE_NAME} cannot be read")
        files[manifest.FILE_NAME] = listing
    return files


def content_of(path: Path) -> Content | None:
    """What is in a file; None where none can be read."""
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError:
        return None
    return Content(digest.hexdigest(), size)


def is_asset(path: str) -> bool:
    """Whether a file has its content's hash in its name, so that nobody ever sees another content there."""
    return f"/{urls.ASSETS}/" in f"/{path}"


def outdated(numbers: Sequence[int], current: int, keep: int, never_back_to: tuple[int, int] = (0, 0)) -> list[int]:
    """Which releases need not be kept: all but the last `keep`, and those between the two of `never_back_to`.

    Between the release that was current and its successor lies only what broke off before anybody saw it, or what was
    rolled back: nothing that a rollback of the successor may lead to.
    """
    first, last = never_back_to
    between = [number for number in numbers if first < number < last]
    rest = [number for number in numbers if number not in between]
    return [number for number in (*rest[:-keep], *between) if number != current]


def to_record(files: Files) -> bytes:
    """A release as it is kept with what it is of."""
    rows = {path: [files[path].sha256, files[path].bytes] for path in sorted(files)}
    return (json.dumps({"version": 1, "files": rows}, ensure_ascii=False, indent=0) + "\n").encode("utf-8")


def from_record(record: bytes, where: str) -> Files:
    """The release that was kept. Raises PublishingError where it cannot be read."""
    try:
        rows = json.loads(record)["files"]
        return {path: Content(sha256, size) for path, (sha256, size) in rows.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise PublishingError(f"{where} is not the record of a release: {error}") from error


@dataclass(frozen=True)
class Publication:
    """What publishing did: the number of the `release` that is current now, and how many of its files were `sent`.

    `release` stays what it was where nothing had changed.
    """

    release: int
    files: int
    sent: int
    sent_bytes: int
    removed_releases: int = 0

    def in_words(self, place: str) -> str:
        """It in a line."""
        sent = f"{self.sent:,} of {self.files:,} files sent, {self.sent_bytes:,} bytes" if self.sent else "nothing new"
        gone = f"; {self.removed_releases} older removed" if self.removed_releases else ""
        return f"Published {place} shows release {self.release}: {sent}{gone}"
