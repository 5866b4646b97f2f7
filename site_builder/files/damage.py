"""What became of a published site since: which of its files are no longer as its manifest lists them."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from site_builder.files import manifest, urls
from site_builder.files.manifest import FileRecord, Manifest


def damaged(site: Path, published: Manifest) -> set[str]:
    """Paths of listed files that are missing, or of other content than listed.

    Nobody can write to a file without moving the time of its last change. So what has not changed since the manifest
    was written, which is written last, is not read; `tallybook check` reads everything.
    """
    try:
        written = (site / manifest.FILE_NAME).stat().st_ctime_ns
    except OSError:
        return set()
    files = published.files.values()
    return {record.path for record in files if not _is_whole(f"{site}/{record.path}", record, written)}


def without(published: Manifest, lost: set[str]) -> Manifest:
    """The manifest as if damaged files had never been there: what they belong to is to be made again."""
    if not lost:
        return published
    whose = {urls.folder_of_report(path) for path in lost}
    return replace(
        published,
        files={path: file for path, file in published.files.items() if path not in lost},
        reports={
            folder: replace(report, fingerprint="") if folder in whose else report
            for folder, report in published.reports.items()
        },
        quality="" if any(path.startswith(urls.quality_folder()) for path in lost) else published.quality,
    )


def foreign(site: Path, published: Manifest) -> Iterator[str]:
    """Files below the site that its manifest does not list, in order.

    An asset that has its own content's hash in its name is none: releases keep those of the release before.
    """
    for folder, folders, names in os.walk(site):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name).relative_to(site).as_posix()
            if path not in published.files and path != manifest.FILE_NAME and not _is_own_asset(site, path):
                yield path


def _is_whole(path: str, record: FileRecord, written: int) -> bool:
    try:
        found = os.stat(path)  # noqa: PTH116 (a site has a hundred thousand files and more)
        if not stat.S_ISREG(found.st_mode) or found.st_size != record.bytes:
            return False
        # A clock ticks every few milliseconds: the same time may still be later.
        return found.st_ctime_ns < written or hashlib.sha256(Path(path).read_bytes()).hexdigest() == record.sha256
    except OSError:
        return False


def _is_own_asset(site: Path, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    if folder.rpartition("/")[2] != urls.ASSETS:
        return False
    try:
        content = (site / path).read_bytes()
    except OSError:
        return False
    return path == urls.asset(folder.rpartition("/")[0], f"{stem.rpartition('.')[0]}.{ending}", content)
