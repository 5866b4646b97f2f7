"""Putting files into the site: the only module that writes there. Each file appears whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from site_builder.manifest import FileRecord


def put(site: Path, path: str, content: bytes) -> FileRecord:
    """Write a file if its bytes differ from what is there; returns its record (without the report's fields)."""
    target = site / path
    if not _holds(target, content):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            partial.write_bytes(content)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return FileRecord(path, len(content), hashlib.sha256(content).hexdigest())


def is_there(site: Path, record: FileRecord) -> bool:
    """Whether a recorded file is present in its recorded size."""
    try:
        return (site / record.path).stat().st_size == record.bytes
    except OSError:
        return False


def content_of(site: Path, record: FileRecord) -> bytes | None:
    """The bytes of a recorded file; None where it is not there as it was recorded."""
    try:
        content = (site / record.path).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == record.sha256 else None


def remove(site: Path, paths: Iterable[str]) -> None:
    """Remove files that a report no longer has."""
    for path in paths:
        (site / path).unlink(missing_ok=True)


def move_folder(site: Path, old: str, new: str) -> None:
    """Give a scope's folder another name; links within it are relative and stay good."""
    if (site / old).is_dir() and not (site / new).exists():
        shutil.move(str(site / old), str(site / new))


def _holds(target: Path, content: bytes) -> bool:
    try:
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except OSError:
        return False
